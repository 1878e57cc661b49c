-- value/one_customer.sql: one row of the value table
select * from valued_customers where customer_id = $customer
