-- base/backtest/known_days_plain.sql: customers' days with a purchase in a log where each line is a purchase as it stands
select distinct customer_id, day
from booked
