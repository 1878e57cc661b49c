-- register/apart.sql: whom models never see: who objected, by the register or by the customer records, and the row of erased persons. Who
-- objected under a number that the data write otherwise (capitals, zeros in front) is meant all the same
with alike as (
    select distinct customer_id::varchar as customer_id
    from booked
    where folded(customer_id) in (select folded from objectors_wanted)
    union
    select customer_id
    from objections_of_records
    where folded(customer_id) in (select folded from objectors_wanted)
),

meant as (
    select alike.customer_id
    from objectors_wanted as wanted
    inner join alike on folded(alike.customer_id) = wanted.folded
    where wanted.customer_id not in (select customer_id from alike)
)

select distinct customer_id
from (
    select customer_id, true as objects from objectors_wanted
    union all
    select customer_id, true as objects from meant
    union all
    select customer_id, objection as objects from objections_of_records
    union all
    select 'erased' as customer_id, $erased as objects
)
where objects and customer_id <> ''
order by customer_id
