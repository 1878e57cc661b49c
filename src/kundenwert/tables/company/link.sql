-- tables/company/link.sql: the customer numbers of one role: how many there are, and those that neither lines nor customers know
with ids as (
    select customer_id, count(*) as records
    from linked_ids
    where customer_id is not null
    group by customer_id
),

bare as (
    select distinct bare_id from known_customers where bare_id <> ''
)

select
    count(*) as ids,
    count(*) filter (where known_customers.customer_id is null) as unknown,
    coalesce(sum(ids.records) filter (where known_customers.customer_id is null), 0)::bigint as records,
    count(*) filter (where known_customers.customer_id is null and bare.bare_id is not null) as but_for_zeros,
    coalesce(min(ids.customer_id, 5) filter (where known_customers.customer_id is null), []) as examples
from ids
left join known_customers using (customer_id)
left join bare on ltrim(ids.customer_id, '0') = bare.bare_id
