-- base/backtest/sample.sql: so many customers by chance, the same every time, numbered in the order of their ids
select customer_id, (row_number() over (order by customer_id) - 1)::integer as number
from (
    select customer_id
    from backtest_arrivals
    order by hash(customer_id), customer_id
    limit $customers
)
