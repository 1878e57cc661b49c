-- register/apart.sql: whom models never see: who objected, by the register or by the customer records, and the row of erased persons. Who
-- objected under a number that the data write otherwise (capitals, zeros in front) is meant all the same
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
    from objections_of_records
    where ltrim(lower(trim(customer_id)), '0') in (select folded from wanted)
),

meant as (
    select alike.customer_id
    from wanted
    inner join alike on ltrim(lower(trim(alike.customer_id)), '0') = wanted.folded
    where wanted.customer_id not in (select customer_id from alike)
)

select distinct customer_id
from (
    select customer_id, true as objects from wanted
    union all
    select customer_id, true as objects from meant
    union all
    select customer_id, objection as objects from objections_of_records
    union all
    select 'erased' as customer_id, $erased as objects
)
where objects and customer_id <> ''
order by customer_id
