-- value/movers.sql: the customers that gained most ($direction 1) or lost most (-1) from one run to the other; who objected, then or since,
-- stands in no list
select * exclude (is_changed, has_objected)
from compared
anti join objectors using (customer_id)
where change * $direction > 0 and not has_objected
order by change * $direction desc, customer_id
limit $count
