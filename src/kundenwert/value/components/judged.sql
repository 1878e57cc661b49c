-- value/components/judged.sql: the rows of the value table of all who may be judged: neither objectors nor collective customers
select * from valued_customers
where level <> 'objected' and not list_contains(getvariable('collective')::varchar[], customer_id)
