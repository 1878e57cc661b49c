-- base/histories.sql: the distinct purchase histories and how many customers have each; models see these, never customers
select
    frequency::bigint as frequency,
    recency::double as recency,
    t::double as t,
    count(*) as customers
from customers
where frequency is not null and not is_collective
group by all
order by all
