-- tables/company/converted_lines.sql: the lines as read, with all their money in the reporting currency
select
    lines_as_read.* replace (
        if(rate is null, amount, try_cast(amount * rate as decimal(18, 6))) as amount,
        if(rate is null, price, try_cast(price * rate as decimal(18, 6))) as price,
        if(rate is null, cost, try_cast(cost * rate as decimal(18, 6))) as cost,
        if(rate is null, list_amount, try_cast(list_amount * rate as decimal(18, 6))) as list_amount,
        if(rate is null, discount, try_cast(discount * rate as decimal(18, 6))) as discount,
        if(lines_as_read.currency is null, null, getvariable('reporting_currency')::varchar) as currency
    )
from lines_as_read
left join line_rates
    on upper(lines_as_read.currency) = line_rates.currency and lines_as_read.day is not distinct from line_rates.day
