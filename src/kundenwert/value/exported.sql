-- value/exported.sql: the value table as it is
select * from exported order by customer_id
