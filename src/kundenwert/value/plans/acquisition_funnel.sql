-- value/plans/acquisition_funnel.sql: how many leads of each source reached what, by what became of them and by the stage they stand at
select source, reached, state, stage, count(*)::integer as leads
from plan_leads
group by source, reached, state, stage
order by source, reached, state, stage
