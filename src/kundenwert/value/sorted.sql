-- value/sorted.sql: what the value table is reckoned from, sorted by id, with revenue and contribution in cents by largest remainder
select
    customer_forecasts.customer_id::varchar as customer_id,
    first_day,
    last_day,
    frequency,
    spend_days,
    spend,
    case when getvariable('counts_first') then first_amount end as counted_first,
    p_alive,
    expected_purchases,
    discounted_purchases,
    discounted_beyond,
    expected_purchases_lower,
    expected_purchases_upper,
    spend_lower,
    spend_upper,
    discounted_spend_lower,
    discounted_spend_upper,
    is_collective,
    (floor(customer_forecasts.revenue * 100) / 100 + case when cents.customer_id is null then 0 else 0.01 end)::decimal(18, 2) as booked,
    (floor(contributions.past * 100) / 100 + case when cents_of_past.customer_id is null then 0 else 0.01 end)::decimal(18, 2)
    as contribution,
    contributions.past as own_past,
    contributions.revenue as own_revenue
from customer_forecasts
left join cents on customer_forecasts.customer_id = cents.customer_id
left join cents_of_past on customer_forecasts.customer_id = cents_of_past.customer_id
left join contributions on customer_forecasts.customer_id = contributions.customer_id
order by 1
