-- value/components/migration.sql: of each customer the state, the chance of a purchase in the next period, and the value under the best of the
-- policies that still address its state; not addressing at all is worth nothing
with own as (
    select
        customer_id,
        state,
        case
            when periods > 0 then (first_margin::double + $weight::double * $mean::double) / (periods + $weight::double)
            else $mean::double
        end as margin
    from migration_year
),

valued as (
    select
        own.customer_id,
        max(own.margin * migration_policies.purchases - $cost::double * migration_policies.addressed) as addressed_value
    from own
    inner join migration_policies using (state)
    group by own.customer_id
)

select
    own.customer_id,
    own.state as recency_state,
    round(migration_states.chance, 4) as purchase_chance,
    case
        when not $is_known then null
        when own.state > $states then 0
        else greatest(valued.addressed_value, 0)
    end::decimal(18, 2) as migration_value,
    case when $is_known and $has_cost and own.state <= $states then valued.addressed_value < 0 end as migration_stop
from own
left join valued using (customer_id)
left join migration_states using (state)
