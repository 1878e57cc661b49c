-- value/contribution/drivers.sql: cost to serve by source, driver and year. amount is null where a driver has no rate
select
    source,
    case when source = 'activities' then what end as driver,
    stage,
    is_assumed,
    year(date)::integer as "year",
    count(*) as records,
    sum(units)::decimal(24, 2) as units,
    sum(amount)::decimal(24, 2) as amount
from cost_lines
group by all
order by source, driver, stage, is_assumed, "year"
