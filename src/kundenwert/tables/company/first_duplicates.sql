-- tables/company/first_duplicates.sql: the surest proposals
select * from customer_duplicates limit $count
