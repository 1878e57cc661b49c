-- value/components/not_judged.sql: the rows of the value table that `judged` leaves out: they have no components
select * from valued_customers
where level = 'objected' or list_contains(getvariable('collective')::varchar[], customer_id)
