-- value/movers.sql: the customers that gained most ($direction 1) or lost most (-1) from one run to the other
select * exclude (is_changed)
from compared
where change * $direction > 0
order by change * $direction desc, customer_id
limit $count
