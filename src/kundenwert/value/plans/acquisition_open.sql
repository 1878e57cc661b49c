-- value/plans/acquisition_open.sql: open leads, the oldest first
select
    plan_leads.lead_id,
    plan_leads.stage,
    plan_leads.reached,
    plan_leads.age::double as age,
    channels.name as source,
    channels.code as channel,
    industries.code as industry,
    regions.code as region
from plan_leads
inner join plan_names as channels on channels.key = 'channel' and channels.folded = lower(plan_leads.source)
inner join plan_names as industries on industries.key = 'industry' and industries.folded = lower(plan_leads.industry)
inner join plan_names as regions on regions.key = 'region' and regions.folded = lower(plan_leads.region)
where plan_leads.state = 'open'
order by plan_leads.age desc, plan_leads.lead_id
