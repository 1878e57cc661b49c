-- base/backtest/size.sql: about how many customers the log has; good to some percent, and the same every time
select approx_count_distinct(customer_id) as customers
from booked
where line_class = 'kept' and day <= $as_of
