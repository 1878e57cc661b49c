-- base/backtest/size_plain.sql: base/backtest/size.sql for a log where each line is a paid purchase
select approx_count_distinct(customer_id) as customers
from plain_days
where day <= $as_of
