-- value/forecasts_by_history.sql: each customer of the base with the forecast of the own history (see value/forecasts.sql)
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
    on case
        when not customers.is_collective
            then (customers.frequency::bigint << 40) | (customers.recency::bigint << 20) | customers.t::bigint
    end = forecasts.history
