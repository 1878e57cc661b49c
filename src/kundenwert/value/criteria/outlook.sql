-- value/criteria/outlook.sql: revenue of the last 365 days against the 365 days before, of all who were customers in both, and the growth of
-- the industry by the newest year that the table of growth has for it
with sums as (
    select
        customer_id::varchar as customer_id,
        coalesce(sum(amount) filter (where day > $as_of::date - date '1970-01-01' - 365), 0)::double as now,
        coalesce(sum(amount) filter (where day <= $as_of::date - date '1970-01-01' - 365), 0)::double as before
    from booked
    where day <= $as_of::date - date '1970-01-01' and day > $as_of::date - date '1970-01-01' - 730
    group by customer_id
),

industries as (
    select
        lower(trim(industry)) as industry,
        arg_max(growth, "year")::double as growth
    from ledger_growth
    where growth is not null and "year" <= year($as_of::date)
    group by lower(trim(industry))
)

select
    judged.customer_id,
    null::double as points,
    [round((sums.now - sums.before) / (abs(sums.now) + abs(sums.before)), 9), industries.growth] as measures,
    [sums.now, sums.before, coalesce(industries.growth, 0)] as facts,
    false as is_weak
from sums
inner join judged on sums.customer_id = judged.customer_id
left join ledger_customers as records on judged.customer_id = records.customer_id
left join industries on lower(trim(records.industry)) = industries.industry
-- Who came in the course of the first year has no whole year to grow from; nor has anybody where the log is shorter.
where judged.first_purchase <= $as_of::date - 640
    and (select min(day) from booked) <= $as_of::date - date '1970-01-01' - 700
    and abs(sums.now) + abs(sums.before) > 0.005
