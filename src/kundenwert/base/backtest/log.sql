-- base/backtest/log.sql: how many customers have a sale, when the first one was, and from which day on there are so many customers
select
    count(*) as customers,
    min(first_day) as first_day,
    (select first_day from backtest_arrivals order by first_day limit 1 offset $enough - 1) as enough_day
from backtest_arrivals
