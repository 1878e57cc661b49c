-- tables/company/blocks.sql: customers that share something rare enough to be worth a comparison; nobody is compared with everybody
with keys as (
    select customer_id, 'e-mail ' || email as block from comparable where email is not null
    union all
    select customer_id, 'telephone ' || phone as block from comparable where phone is not null
    union all
    select customer_id, 'address ' || postcode || ' ' || street as block from comparable where postcode is not null and street is not null
    union all
    select customer_id, 'name ' || compact as block from comparable
    union all
    -- Each word's start with the place: a slip of the pen in one word leaves the others.
    select customer_id, 'word ' || coalesce(postcode, city, '') || ' ' || left(unnest(words), 4) as block from comparable
)

select distinct block, customer_id from keys
