-- value/plans/measured_forecasts.sql: what the run a plan was made from foresaw of each customer, before anybody was drawn
select customer_id, expected_revenue::double as money, expected_purchases::double as orders
from measured_then
