-- base/backtest/known_days_plain.sql: customers' days in a log where each line is a paid purchase, so that nothing changes later
select
    customer_id,
    day,
    amount as revenue,
    amount as purchase_amount,
    true as is_purchase
from booked
