-- value/components/portfolio_growth.sql: criterion growth: revenue of the last 365 days against that of a year before them, from -1 to 1; only
-- of customers seen for half a year before those days; without amounts the same of purchases
with sums as (
    select
        customer_id,
        (sum(coalesce(amount, 1)) filter (where day > $now - 365))::double as last_year,
        (sum(coalesce(amount, 1)) filter (where day <= $now - 365))::double as before
    from booked
    where day <= $now and ($has_money or line_class = 'kept')
    group by customer_id
),

yearly as (
    select
        customers.customer_id,
        greatest(coalesce(sums.last_year, 0), 0) as last_year,
        greatest(coalesce(sums.before, 0), 0) * 365.0 / ($now - 365 - customers.first_day) as before
    from customers
    inner join sums using (customer_id)
    where customers.first_day <= $now - 365 - 182
)

select
    customer_id::varchar as customer_id,
    case when last_year + before > 0 then (last_year - before) / (last_year + before) end as growth
from yearly
