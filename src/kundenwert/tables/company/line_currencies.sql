-- tables/company/line_currencies.sql: the currencies of the lines as read, with lines and money of each before any conversion
select
    coalesce(upper(currency), '') as currency,
    count(*) as lines,
    coalesce(sum(amount), 0)::decimal(38, 6) as amount,
    bool_or(upper(currency) in (select distinct upper(currency) from ledger_rates)) as has_rates
from lines_as_read
group by all
order by lines desc, currency
