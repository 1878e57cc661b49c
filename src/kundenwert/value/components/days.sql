-- value/components/days.sql: the as-of day and the two earlier ones, as day numbers
select
    max(day) filter (where name = 'now') as now,
    max(day) filter (where name = 'year') as year,
    max(day) filter (where name = 'look_back') as look_back
from rhythm_days
