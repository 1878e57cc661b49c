-- value/contribution/workbook_drivers.sql: cost to serve of the period by source and driver, in the order of the scheme; amount is null
-- where a driver has no rate
with summed as (
    select
        source::varchar as source,
        case when source = 'activities' then what end as driver,
        stage::varchar as stage,
        is_assumed,
        count(*) as records,
        sum(units)::decimal(24, 2) as units,
        sum(amount)::decimal(24, 6) as amount
    from cost_lines
    where $year::integer is null or year(date) = $year
    group by all
)

select *
from summed
order by
    array_position(['marketing', 'sales', 'service', 'logistics'], stage) nulls last,
    amount desc nulls last,
    source,
    driver
