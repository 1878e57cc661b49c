-- value/no_cents.sql: nothing to hand out: all amounts are whole cents
select customer_id from customers where false
