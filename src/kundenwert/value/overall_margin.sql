-- value/overall_margin.sql: the margin of the whole base and the share of contribution that is estimated
select
    coalesce(sum(past)::double / nullif(sum(revenue), 0)::double, 0) as margin,
    coalesce(sum(estimated)::double / nullif(sum(past), 0)::double, 0) as estimated_share
from contributions
