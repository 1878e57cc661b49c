-- value/components/recommendation_log.sql: first day of the log's purchases, as-of day, and reviews in all
select
    (select min(first_day) from rhythm_now) as first_day,
    max(day) filter (where name = 'now') as now
from rhythm_days
