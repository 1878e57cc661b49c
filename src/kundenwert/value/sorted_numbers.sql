-- value/sorted_numbers.sql: value/sorted_plain.sql for ids that are whole numbers from 0 on, which sort faster than texts
-- (tables/place_among_texts.sql)
with placed as (
    select
        *,
        place_among_texts(customer_id) as place
    from customer_forecasts
),

sorted as (
    select
        customer_id,
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
    from placed
    order by place, customer_id
)

select
    * exclude (customer_id, revenue),
    customer_id::varchar as customer_id,
    revenue::decimal(18, 2) as booked,
    null::decimal(18, 2) as contribution,
    null::decimal(24, 6) as own_past,
    null::decimal(24, 6) as own_revenue
from sorted
