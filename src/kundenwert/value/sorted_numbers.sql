-- value/sorted_numbers.sql: value/sorted_plain.sql for ids that are whole numbers from 0 on. Numbers sort faster than texts: each is
-- moved to 18 digits, so that they stand in the order of their texts (1, 10, 2); of 1 and 10 the shorter stands first.
with placed as (
    select
        *,
        case
            when customer_id < 10 then customer_id * 100000000000000000
            when customer_id < 100 then customer_id * 10000000000000000
            when customer_id < 1000 then customer_id * 1000000000000000
            when customer_id < 10000 then customer_id * 100000000000000
            when customer_id < 100000 then customer_id * 10000000000000
            when customer_id < 1000000 then customer_id * 1000000000000
            when customer_id < 10000000 then customer_id * 100000000000
            when customer_id < 100000000 then customer_id * 10000000000
            when customer_id < 1000000000 then customer_id * 1000000000
            when customer_id < 10000000000 then customer_id * 100000000
            when customer_id < 100000000000 then customer_id * 10000000
            when customer_id < 1000000000000 then customer_id * 1000000
            when customer_id < 10000000000000 then customer_id * 100000
            when customer_id < 100000000000000 then customer_id * 10000
            when customer_id < 1000000000000000 then customer_id * 1000
            when customer_id < 10000000000000000 then customer_id * 100
            when customer_id < 100000000000000000 then customer_id * 10
            when customer_id < 1000000000000000000 then customer_id
            else customer_id // 10
        end as place
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
