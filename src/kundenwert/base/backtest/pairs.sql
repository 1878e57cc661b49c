-- base/backtest/pairs.sql: the distinct histories with what came, and how many customers have each
select
    frequency::bigint as frequency,
    recency::double as recency,
    t::double as t,
    recent::bigint as recent,
    actual::bigint as actual,
    count(*) as customers
from backtest_outcomes
group by all
order by all
