-- base/backtest/known_days_plain.sql: customers' days in a log where each line is a paid purchase, so that nothing changes later
select
    customer_id,
    day,
    (millionths / 1000000)::decimal(18, 6) as revenue,
    (millionths / 1000000)::decimal(18, 6) as purchase_amount,
    true as is_purchase
from plain_days
