-- base/recent_histories.sql: histories with the repeat purchases of the last 365 days, for bases too small for a population model
select
    frequency::bigint as frequency,
    recency::double as recency,
    t::double as t,
    recent::bigint as recent,
    count(*) as customers
from customers
where frequency is not null and not is_collective
group by all
order by all
