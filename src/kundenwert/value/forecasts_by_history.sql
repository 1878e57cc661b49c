-- value/forecasts_by_history.sql: each customer of the base with the forecast of the own history
select
    customers.*,
    forecasts.p_alive,
    forecasts.expected_purchases,
    forecasts.discounted_purchases,
    forecasts.discounted_beyond,
    forecasts.usual_gap
from customers
left join forecasts
    on customers.frequency = forecasts.frequency
    and customers.recency = forecasts.recency
    and customers.t = forecasts.t
    and not customers.is_collective
