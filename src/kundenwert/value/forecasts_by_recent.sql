-- value/forecasts_by_recent.sql: each customer of a small base with the forecast of the own rate of the last 365 days
select
    customers.*,
    forecasts.p_alive,
    forecasts.expected_purchases,
    forecasts.discounted_purchases,
    forecasts.discounted_beyond,
    forecasts.usual_gap,
    forecasts.expected_purchases_lower,
    forecasts.expected_purchases_upper,
    forecasts.spend_lower,
    forecasts.spend_upper,
    forecasts.discounted_spend_lower,
    forecasts.discounted_spend_upper
from customers
left join forecasts
    on customers.frequency = forecasts.frequency
    and customers.recency = forecasts.recency
    and customers.t = forecasts.t
    and customers.recent = forecasts.recent
    and not customers.is_collective
