-- base/backtest/known_days.sql: customers' days with booked revenue, after the reversals known at the day the base was built
select
    customer_id,
    day,
    revenue,
    purchase_amount,
    is_purchase
from purchase_days
