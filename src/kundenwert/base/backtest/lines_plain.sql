-- base/backtest/lines_plain.sql: the days of the customers of a backtest, in a log where each line is a paid purchase
select customer_id, day, millionths
from plain_days
where day <= $as_of and customer_id in (select customer_id from backtest_customers)
