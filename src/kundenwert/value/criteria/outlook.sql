-- value/criteria/outlook.sql: revenue of the last 365 days against the 365 days before, of all who were customers in both
with sums as (
    select
        customer_id::varchar as customer_id,
        coalesce(sum(amount) filter (where day > $as_of::date - date '1970-01-01' - 365), 0)::double as now,
        coalesce(sum(amount) filter (where day <= $as_of::date - date '1970-01-01' - 365), 0)::double as before
    from booked
    where day <= $as_of::date - date '1970-01-01' and day > $as_of::date - date '1970-01-01' - 730
    group by customer_id
)

select
    judged.customer_id,
    null::double as points,
    [round((sums.now - sums.before) / (abs(sums.now) + abs(sums.before)), 9)] as measures,
    [sums.now, sums.before] as facts,
    false as is_weak
from sums
inner join judged on sums.customer_id = judged.customer_id
-- Who came in the course of the first year has no whole year to grow from; nor has anybody where the log is shorter.
where judged.first_purchase <= $as_of::date - 640
    and (select min(day) from booked) <= $as_of::date - date '1970-01-01' - 700
    and abs(sums.now) + abs(sums.before) > 0.005
