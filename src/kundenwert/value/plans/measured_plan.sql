-- value/plans/measured_plan.sql: who of a plan is compared: those it treats, with action, how often and cost, and those it held out by chance
with compared as (
    select customer_id, true as treated, action, count, cost
    from plan_lines
    where compared
    union all
    select customer_id, false, action, count, 0
    from plan_held_out
)

select
    customer_id::varchar as customer_id,
    treated,
    -- What one action changes can be told only where it is the only one.
    case when min(action) = max(action) then min(action) else '' end as action,
    sum(count)::double as times,
    sum(cost)::double as cost
from compared
group by customer_id, treated
