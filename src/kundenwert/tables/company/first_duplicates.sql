-- tables/company/first_duplicates.sql: the surest proposals of duplicates, for people to look through
select * from customer_duplicates limit $count
