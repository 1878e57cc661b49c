-- value/revenue_forecast_table.sql: value/purchase_forecast_table.sql with revenue: purchases times the expected amount of one
-- (Fader & Hardie note 025, eq. 5)
with priced as (
    select
        *,
        ($weight * $population_mean + $p * coalesce(spend, 0)::double) / ($p * coalesce(spend_days, 0) + $weight) as expected_spend
    from customer_forecasts
)

select
    customer_id::varchar as customer_id,
    frequency,
    recency,
    t as "T",
    p_alive,
    expected_purchases,
    expected_purchases_lower::double as expected_purchases_lower,
    expected_purchases_upper::double as expected_purchases_upper,
    discounted_purchases,
    discounted_beyond,
    expected_purchases * expected_spend as expected_revenue,
    spend_lower * expected_spend as expected_revenue_lower,
    spend_upper * expected_spend as expected_revenue_upper,
    discounted_purchases * expected_spend as discounted_revenue,
    discounted_spend_lower * expected_spend as discounted_revenue_lower,
    discounted_spend_upper * expected_spend as discounted_revenue_upper
from priced
order by customer_id
