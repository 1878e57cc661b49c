-- register/merged_years.sql: the customer result of a run with one row a year for all erased persons, sorted as it was
select * from merged order by customer_id nulls last, unallocated, "year" nulls last
