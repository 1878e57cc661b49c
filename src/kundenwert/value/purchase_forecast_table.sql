-- value/purchase_forecast_table.sql: one row a customer with the forecast of its history
select
    customer_id::varchar as customer_id,
    frequency,
    recency,
    t as "T",
    p_alive,
    expected_purchases,
    expected_purchases_lower::double as expected_purchases_lower,
    expected_purchases_upper::double as expected_purchases_upper,
    discounted_purchases,
    discounted_beyond
from customer_forecasts
order by customer_id
