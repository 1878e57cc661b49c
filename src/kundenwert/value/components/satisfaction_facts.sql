-- value/components/satisfaction_facts.sql: of how many customers, and of how many with a high value, satisfaction is known, and the grades.
-- Promoters have 9 or 10, detractors up to 6 (Reichheld 2003)
with placed as (
    select
        coalesce(judged.value::double, judged.expected_purchases) as value,
        component_satisfaction.satisfaction_source as source,
        component_satisfaction.satisfaction as grade
    from judged
    left join component_satisfaction using (customer_id)
    where judged.level <> 'none'
)

select
    count(*) as customers,
    count(placed.grade) as known,
    count(*) filter (where placed.source = 'rating') as rated,
    count(*) filter (where placed.source = 'complaints') as from_complaints,
    count(*) filter (where placed.value >= $value_limit::double) as high_value,
    count(*) filter (where placed.value >= $value_limit::double and placed.grade is null) as high_value_unknown,
    count(*) filter (where placed.grade > 8.5) as promoters,
    count(*) filter (where placed.grade > 6.5 and placed.grade <= 8.5) as passives,
    count(*) filter (where placed.grade <= 6.5) as detractors
from placed
