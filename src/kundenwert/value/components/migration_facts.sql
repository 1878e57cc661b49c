-- value/components/migration_facts.sql: customers, value and proposed stops by state
select
    recency_state as state,
    count(*) as customers,
    sum(migration_value)::varchar as value,
    count(*) filter (where migration_stop) as stops
from component_migration
group by 1
order by 1
