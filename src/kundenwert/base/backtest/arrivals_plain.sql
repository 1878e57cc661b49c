-- base/backtest/arrivals_plain.sql: base/backtest/arrivals.sql for a log where each line is a paid purchase
select customer_id, min(day) as first_day
from plain_days
where day <= $as_of and hash(customer_id) % 1000000 < $millionths
group by customer_id
