-- value/at_levels.sql: the value table with intervals at further levels
select * from at_levels order by customer_id
