-- base/backtest/arrivals.sql: customers with a sale up to the as-of day and the day of their first one
select customer_id, min(day) as first_day
from booked
where line_class = 'kept' and not is_non_product and not is_negative_price and day <= $as_of
group by customer_id
