-- value/one_earlier.sql: one row of the value table of an earlier run
select * from earlier_customers where customer_id = $customer
