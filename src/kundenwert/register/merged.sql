-- register/merged.sql: a table of a run with one row for all erased persons, sorted by customer
select * from merged order by customer_id
