-- value/components/ideational_facts.sql: how many customers have points with a tariff, and their sum
select count(*) as customers, coalesce(sum(ideational_value), 0)::decimal(18, 2) as total from component_ideational
