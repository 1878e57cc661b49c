-- register/sums.sql: the money of a run's value table
select sum(revenue) as revenue, sum(past) as past, sum(clv) as clv, sum(value) as value from valued_customers
