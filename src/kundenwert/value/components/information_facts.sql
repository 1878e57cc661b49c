-- value/components/information_facts.sql: ideas, customers they come from, and what they are worth together
select
    count(*) filter (where ideas > 0) as customers,
    coalesce(sum(ideas::decimal(18, 6)), 0)::double as ideas,
    count(*) filter (where information_basis = 'rated') as rated,
    sum(information_value) as value
from component_information
