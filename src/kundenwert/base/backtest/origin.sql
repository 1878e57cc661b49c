-- base/backtest/origin.sql: the customers that models see at an origin, with the purchases (first ones too) of the last days
with latest as (
    select customer_id, count(*) as recent
    from known_days
    where is_purchase and day > $origin - $days and day <= $origin
    group by customer_id
)

select
    customers.customer_id,
    customers.first_day,
    customers.frequency,
    customers.recency::integer as recency,
    customers.t,
    coalesce(latest.recent, 0)::integer as recent,
    customers.spend_days,
    customers.spend,
    customers.first_amount
from customers
left join latest using (customer_id)
where customers.frequency is not null and not customers.is_collective
