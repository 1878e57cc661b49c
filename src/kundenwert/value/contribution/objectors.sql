-- value/contribution/objectors.sql: who has objected stands in no list
select customer_id from valued_customers where level = 'objected'
