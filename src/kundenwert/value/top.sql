-- value/top.sql: the customers with the highest residual value (expected purchases where there is no money)
select
    customer_id,
    first_purchase,
    last_purchase,
    frequency,
    revenue,
    p_alive,
    expected_purchases,
    expected_purchases_lower,
    expected_purchases_upper,
    expected_revenue,
    expected_revenue_lower,
    expected_revenue_upper,
    clv,
    clv_lower,
    clv_upper,
    value,
    level
from valued_customers
where level in ('customer', 'segment')
order by coalesce(clv::double, expected_purchases) desc nulls last, customer_id
limit $count
