-- value/customer_list/kept.sql: the customer list as it is kept for export
select * from listed order by row
