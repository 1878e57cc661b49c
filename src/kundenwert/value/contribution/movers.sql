-- value/contribution/movers.sql: whose place changes most between revenue and the last step that is known
select *, rank_revenue - coalesce(if(db4 is null, rank_db1, rank_db4), 0) as change
from ranks
where customer_id not in (select customer_id from left_out)
order by abs(change) desc, customer_id
limit $count
