-- bench/floor.sql: one pass over the lines, one group a customer, one row a customer; constants where kundenwert computes
select
    customer_id::varchar as customer_id,
    min(date) as first_purchase,
    max(date) as last_purchase,
    (count(*) - 1)::integer as frequency,
    (max(date) - min(date))::integer as recency,
    (date '2024-12-31' - min(date))::integer as "T",
    (count(*) - 1)::integer as spend_days,
    20::decimal(18, 2) as monetary_value,
    sum(amount)::decimal(18, 2) as revenue,
    0.5::double as p_alive,
    1.5::double as expected_purchases,
    null::double as expected_purchases_lower,
    null::double as expected_purchases_upper,
    30::decimal(18, 2) as expected_revenue,
    null::decimal(18, 2) as expected_revenue_lower,
    null::decimal(18, 2) as expected_revenue_upper,
    90::decimal(18, 2) as clv,
    null::decimal(18, 2) as clv_lower,
    null::decimal(18, 2) as clv_upper,
    20::decimal(18, 2) as clv_beyond,
    sum(amount)::decimal(18, 2) as past,
    (sum(amount) + 90)::decimal(18, 2) as value,
    'customer' as level
from read_parquet($lines)
group by customer_id
order by customer_id::varchar
