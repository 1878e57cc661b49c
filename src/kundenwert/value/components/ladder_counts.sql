-- value/components/ladder_counts.sql: customers on each rung
select
    rung,
    count(*) as customers
from component_ladder
group by rung
