-- value/no_contributions.sql: no line has a cost, so no customer has a booked contribution of its own
select
    customer_id,
    0::decimal(24, 6) as past,
    0::decimal(24, 6) as estimated,
    0::decimal(24, 6) as revenue
from customers
where false
