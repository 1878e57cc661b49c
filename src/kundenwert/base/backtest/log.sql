-- base/backtest/log.sql: when the log of sales to customers begins, and from which day on there are so many customers
with arrivals as (
    select min(day) as first_day
    from booked
    where line_class = 'kept' and not is_non_product and not is_negative_price
    group by customer_id
)

select
    min(first_day) as first_day,
    (select first_day from arrivals order by first_day limit 1 offset $customers - 1) as enough_day
from arrivals
