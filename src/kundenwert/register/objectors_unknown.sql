-- register/objectors_unknown.sql: how many objections name a number that neither lines nor customer records know as it is written, and of
-- how many of these some number is the same but for capitals and zeros in front
with wanted as (
    select distinct
        customer_id,
        ltrim(lower(trim(customer_id)), '0') as folded
    from objectors
    where customer_id <> ''
),

alike as (
    select distinct customer_id::varchar as customer_id
    from booked
    where ltrim(lower(trim(customer_id::varchar)), '0') in (select folded from wanted)
    union
    select customer_id
    from known_objections
    where ltrim(lower(trim(customer_id)), '0') in (select folded from wanted)
)

select
    count(*) as unknown,
    coalesce(count(*) filter (where folded in (select ltrim(lower(trim(customer_id)), '0') from alike)), 0) as alike
from wanted
where customer_id not in (select customer_id from alike)
