-- bench/components_floor_beside.sql: a second table of the components with $each rows a customer, constants beside the customer, in its order:
-- by customer ($by_customer), else one row after the other for all customers
with constants as (
    select * exclude (customer_id) from read_parquet($constants)
)

select customers.customer_id, constants.*
from read_parquet($customers) as customers
cross join range($each) as rows_of_one(place)
cross join constants
order by if($by_customer, 0, rows_of_one.place), customers.customer_id
