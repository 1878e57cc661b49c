-- base/backtest/lines_numbered.sql: base/backtest/lines_plain.sql with the customers' numbers for their ids, which are grouped faster
select
    backtest_customers.number as customer_id,
    day,
    millionths
from plain_days
inner join backtest_customers using (customer_id)
where day <= $as_of
