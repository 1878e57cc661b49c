-- value/components/reference_facts.sql: how many have a reference value, what all are worth together, and those who warn others
select
    count(*) as customers,
    sum(reference_potential::decimal(28, 9))::double as potential,
    sum(reference_value) as value,
    count(*) filter (where reference_potential < 0) as detractors,
    sum(reference_value) filter (where reference_value < 0) as detractors_value,
    count(*) filter (where reference_basis = 'assumed') as assumed
from component_reference
