-- value/contribution/ranks.sql: the place of each customer by revenue and by each step; equal amounts share a place
select
    customer_id,
    revenue,
    db1,
    db2,
    db3,
    db4,
    rank() over (order by revenue desc) as rank_revenue,
    rank() over (order by db1 desc) as rank_db1,
    rank() over (order by db2 desc) as rank_db2,
    rank() over (order by db3 desc) as rank_db3,
    rank() over (order by db4 desc) as rank_db4
from period
