-- value/components/margin_year_revenue.sql: booked revenue of the last 365 days, where no cost is known
with bought as (
    select customer_id::varchar as customer_id, sum(amount) as revenue
    from booked
    where day > ($as_of::date - date '1970-01-01') - 365 and day <= $as_of::date - date '1970-01-01'
    group by 1
)

select
    judged.customer_id,
    coalesce(bought.revenue, 0)::decimal(18, 2) as margin,
    coalesce(bought.revenue, 0)::decimal(18, 2) as first_margin,
    null::decimal(18, 2) as address_cost
from judged
left join bought using (customer_id)
