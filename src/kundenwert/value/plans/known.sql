-- value/plans/known.sql: the numbers of the customers of a run
select customer_id from valued_customers
