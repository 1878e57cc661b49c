-- value/contribution/objectors.sql: who has objected, when the run was made or since, stands in no list
select customer_id from valued_customers where level = 'objected'
union
select objectors.customer_id from objectors inner join valued_customers using (customer_id)
