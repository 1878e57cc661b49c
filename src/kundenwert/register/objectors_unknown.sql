-- register/objectors_unknown.sql: how many objections name a number that neither lines nor customer records know as it is written, and of
-- how many of these some number is the same but for capitals and zeros in front
with alike as (
    select distinct customer_id::varchar as customer_id
    from booked
    where folded(customer_id) in (select folded from objectors_wanted)
    union
    select customer_id
    from known_objections
    where folded(customer_id) in (select folded from objectors_wanted)
)

select
    count(*) as unknown,
    coalesce(count(*) filter (where folded in (select folded(customer_id) from alike)), 0) as alike
from objectors_wanted
where customer_id not in (select customer_id from alike)
