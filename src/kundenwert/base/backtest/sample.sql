-- base/backtest/sample.sql: a sample of the customers, the same every time, numbered in the order of their ids
select customer_id, (row_number() over (order by customer_id) - 1)::integer as number
from (
    select customer_id
    from backtest_arrivals
    order by md5(customer_id::varchar || $seed), customer_id
    limit $customers
)
