-- base/summary.sql: the base in a few figures
select
    count(*) as customers,
    count(*) filter (where frequency is not null and not is_collective) as modelled,
    coalesce(sum(frequency) filter (where not is_collective), 0)::bigint as repeat_purchases,
    coalesce(sum(frequency + 1), 0)::bigint as purchases,
    coalesce(sum(revenue), 0)::decimal(38, 6) as revenue,
    count(*) filter (where spend_days > 0 and not is_collective) as spenders
from customers
