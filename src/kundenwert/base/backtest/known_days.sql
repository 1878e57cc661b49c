-- base/backtest/known_days.sql: customers' days with a purchase, after the reversals known at the day the base was built
select customer_id, day
from purchase_days
where is_purchase
