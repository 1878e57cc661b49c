-- base/featured_customers.sql: whom features tell of: the customers of a value table, apart from those who objected
select customer_id::varchar as customer_id from featured_customers where level <> 'objected'
