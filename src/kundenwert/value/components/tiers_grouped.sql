-- value/components/tiers_grouped.sql: every judged customer with the tier, the most valuable first; who has none stands without a name
select
    judged.customer_id,
    'tier' as grouping,
    coalesce(list_position($names::varchar[], component_tiers.tier), len($names::varchar[]) + 1) as place,
    component_tiers.tier as name
from judged
left join component_tiers using (customer_id)
