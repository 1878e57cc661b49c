-- base/backtest/sums.sql: the log scores of each forecast, summed by group of customers; whole billionths are exact in any order
select
    drawn::bigint as drawn,
    forecast::bigint as forecast,
    sum((score * 1000000000)::bigint)::double / 1000000000 as score,
    count(*) as customers
from backtest_outcomes
inner join backtest_scores using (frequency, recency, t, recent, actual)
group by all
order by all
