-- value/sorted_plain.sql: what the value table is reckoned from, sorted by id, where all revenues are whole cents and no contribution
-- is known. Only this is sorted: sorting the finished columns would move three times as much.
with sorted as (
    select
        customer_id::varchar as customer_id,
        first_day,
        last_day,
        frequency,
        spend_days,
        spend,
        case when getvariable('counts_first') then first_amount end as counted_first,
        revenue,
        p_alive,
        expected_purchases,
        discounted_purchases,
        discounted_beyond,
        expected_purchases_lower,
        expected_purchases_upper,
        spend_lower,
        spend_upper,
        discounted_spend_lower,
        discounted_spend_upper,
        is_collective
    from customer_forecasts
    order by 1
)

select
    * exclude (revenue),
    revenue::decimal(18, 2) as booked,
    null::decimal(18, 2) as contribution,
    null::decimal(24, 6) as own_past,
    null::decimal(24, 6) as own_revenue
from sorted
