-- value/plans/measured_plan.sql: who of a plan is compared: all who were drawn from, by what was meant for them before anybody was held out; with
-- what the plan then did for those who are not held out, be it nothing
with meant as (
    select customer_id, true as treated, action, count
    from plan_drawn
    union all
    select customer_id, false, action, count
    from plan_held_out
),

drawn as (
    select
        customer_id::varchar as customer_id,
        treated,
        -- What one action changes can be told only where it is the only one.
        case when min(action) = max(action) then min(action) else '' end as action,
        sum(count) as times
    from meant
    group by customer_id, treated
),

given as (
    select customer_id::varchar as customer_id, action, sum(count) as times, sum(cost) as cost
    from plan_lines
    group by customer_id, action
)

select
    drawn.customer_id,
    drawn.treated,
    drawn.action,
    case
        when drawn.treated then coalesce(sum(given.times) filter (where drawn.action in ('', given.action)), 0) else any_value(drawn.times)
    end::double as times,
    coalesce(sum(given.cost), 0)::double as cost
from drawn
left join given on drawn.treated and drawn.customer_id = given.customer_id
group by drawn.customer_id, drawn.treated, drawn.action
