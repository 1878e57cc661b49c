-- value/plans/budget_leads.sql: how many leads came in the span, and how many of all decided so far were won
select
    (count(*) filter (where age < $span_days))::double as came,
    (count(*) filter (where state = 'won'))::double as won,
    (count(*) filter (where state = 'lost'))::double as lost
from plan_leads
