-- base/backtest/groups.sql: customers in groups that are the same at every origin; the bootstrap draws groups
select
    customer_id,
    ((row_number() over (order by customer_id) - 1) % $groups)::integer as drawn
from (select distinct customer_id from booked)
