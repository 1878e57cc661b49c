-- value/plans/objectors.sql: who has objected, by the register or by the customer records. A number that the run writes otherwise
-- (capitals, zeros in front) is meant all the same where nobody has exactly this one
select customer_id from objectors_wanted
union
select plan_known.customer_id
from plan_known
inner join objectors_wanted as wanted on folded(plan_known.customer_id) = wanted.folded
where wanted.customer_id not in (select customer_id from plan_known)
union
select customer_id::varchar as customer_id from records_now where objection
