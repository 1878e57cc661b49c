-- value/components/cooperation_facts.sql: joint projects, what is left out and why, and what the others are worth together
select
    count(*) as customers,
    coalesce(sum(joint_projects), 0)::integer as projects,
    coalesce(sum(unsourced), 0)::integer as unsourced,
    coalesce(sum(stale), 0)::integer as stale,
    coalesce(sum(without_effort), 0)::integer as without_effort,
    sum(cooperation_value) as value
from cooperation_known
