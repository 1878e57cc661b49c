-- base/backtest/repeat_months_plain.sql: base/backtest/repeat_months.sql for a log where each line is a paid purchase and models see all
with days as (
    select day, count(*) as purchases
    from plain_days
    where day <= $origin
    group by day
),

first_days as (
    select first_day as day, count(*) as customers
    from customers
    group by first_day
)

select
    (date_trunc('month', date '1970-01-01' + days.day)::date - date '1970-01-01')::bigint as month,
    sum(purchases - coalesce(first_days.customers, 0))::bigint as purchases
from days
left join first_days using (day)
group by month
order by month
