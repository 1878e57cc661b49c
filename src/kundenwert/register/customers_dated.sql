-- register/customers_dated.sql: the last purchase of each customer of whom there is a record
select valued_customers.last_purchase as day
from kept_records
inner join valued_customers on valued_customers.customer_id::varchar = kept_records.customer_id::varchar
