-- tables/company/line_rates.sql: the rate of each day and currency of the lines: the day's own, else the last one before it
with days as (
    select distinct upper(currency) as currency, day
    from lines_as_read
    where currency is not null and upper(currency) <> getvariable('reporting_currency')
),

rates as (
    select upper(currency) as currency, (date - date '1970-01-01')::integer as rate_day, rate
    from ledger_rates
)

select days.currency, days.day, rates.rate_day, rates.rate
from days
asof left join rates on days.currency = rates.currency and days.day >= rates.rate_day
where days.day is not null
union all
-- A line without a day is rejected; what stands for its money is told at the newest rate.
select currency, null as day, max(rate_day) as rate_day, arg_max(rate, rate_day) as rate
from rates
group by currency
