-- value/components/alert_facts.sql: how many are overdue, and what is at stake with them
select
    count(*) as judged,
    count(*) filter (where alert) as alerted,
    sum(loss) filter (where alert) as loss,
    median(days_overdue) as median_days_overdue
from component_alert
