-- base/backtest/lines_plain.sql: a log where each line is a paid purchase: one row a customer of the backtest and day up to the as-of day
select
    customer_id,
    day,
    sum(amount)::decimal(18, 6) as amount
from booked
where day <= $as_of and customer_id in (select customer_id from backtest_customers)
group by customer_id, day
