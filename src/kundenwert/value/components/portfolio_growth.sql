-- value/components/portfolio_growth.sql: criterion growth: revenue of the last 365 days against that of a year before them, from -1 to 1; only
-- of customers seen for half a year before those days; without amounts the same of purchases
with spans as (
    select
        customer_id,
        365.0 / ($now - 365 - first_day) as to_year
    from rhythm_now
    where first_day <= $now - 365 - 182
),

measured as (
    select
        customer_id::varchar as customer_id,
        day,
        coalesce(amount, 1) as amount
    from booked
    where day <= $now and ($has_money or line_class = 'kept')
),

sums as (
    select
        customer_id,
        (sum(amount) filter (where day > $now - 365))::double as last_year,
        (sum(amount) filter (where day <= $now - 365))::double as before
    from measured
    group by customer_id
)

select
    spans.customer_id,
    case
        when greatest(last_year, 0) + greatest(before, 0) > 0
            then (greatest(coalesce(last_year, 0), 0) - greatest(coalesce(before, 0), 0) * to_year)
                / (greatest(coalesce(last_year, 0), 0) + greatest(coalesce(before, 0), 0) * to_year)
    end as growth
from spans
inner join sums using (customer_id)
