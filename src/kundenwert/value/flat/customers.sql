-- value/flat/customers.sql: what is said of each customer who may be judged
select * from flat_columns where customer_id not in (select customer_id from objectors)
