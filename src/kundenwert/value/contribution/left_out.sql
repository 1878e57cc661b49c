-- value/contribution/left_out.sql: how many customers stand in none of the lists
select count(*) as customers from left_out
