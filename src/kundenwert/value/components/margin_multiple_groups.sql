-- value/components/margin_multiple_groups.sql: of each group how many of the year before came again, and the margin of those of the last 365 days
select
    name,
    count(*) filter (where was_there) as customers,
    count(*) filter (where was_there and purchases > 0) as stayed,
    count(*) filter (where purchases > 0) as active,
    coalesce(sum(margin) filter (where purchases > 0), 0)::decimal(24, 2) as margin
from margin_multiple_year
group by name
order by name
