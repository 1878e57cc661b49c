-- value/plans/measured_left.sql: the compared customers who may still be looked at: who has objected since is left out of both groups
select measured_all.*
from measured_all
where customer_id not in (select customer_id from plan_objectors)
