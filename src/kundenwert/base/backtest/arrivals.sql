-- base/backtest/arrivals.sql: customers with a sale up to the as-of day and the day of their first one; of a large log a part by chance
select customer_id, min(day) as first_day
from booked
where
    line_class = 'kept'
    and not is_non_product
    and not is_negative_price
    and day <= $as_of
    and hash(customer_id) % 1000000 < $millionths
group by customer_id
