-- tables/company/missing_rates.sql: days of lines without a rate that is at most $oldest days old
select
    line_rates.currency,
    date '1970-01-01' + line_rates.day as day,
    date '1970-01-01' + rate_day as last_rate,
    count(*) as lines
from line_rates
inner join lines_as_read on upper(lines_as_read.currency) = line_rates.currency and lines_as_read.day = line_rates.day
where rate is null or line_rates.day - rate_day > $oldest
group by all
order by line_rates.currency, day
