-- base/backtest/everybody.sql: the customers of a backtest, numbered in the order of their ids
select customer_id, (row_number() over (order by customer_id) - 1)::integer as number
from backtest_arrivals
