-- value/components/lifecycle_moves.sql: how many customers went from which stage a year before to which stage today
select
    stages_year.stage as before,
    stages_now.stage as now,
    count(*) as customers
from stages_year
inner join stages_now using (customer_id)
group by all
order by all
