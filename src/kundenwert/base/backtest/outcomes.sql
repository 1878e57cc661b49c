-- base/backtest/outcomes.sql: the customers of an origin with what came: purchases as known when the window ended, and booked revenue.
-- later_days, later_spend: purchase days of the window with a positive amount, and their sum.
with came as (
    select
        customer_id,
        count(*) filter (where is_purchase) as actual,
        count(*) filter (where is_purchase and purchase_amount > 0) as later_days,
        sum(purchase_amount) filter (where is_purchase and purchase_amount > 0) as later_spend,
        sum(revenue) as revenue
    from known_days
    where day > $origin and day <= $until
    group by customer_id
)

select
    backtest_customers.number,
    backtest_origin.frequency,
    backtest_origin.recency,
    backtest_origin.t,
    backtest_origin.recent,
    coalesce(came.actual, 0)::integer as actual,
    coalesce(backtest_origin.spend_days, 0)::integer as spend_days,
    coalesce(backtest_origin.spend, 0)::double as spend,
    coalesce(backtest_origin.first_amount, 0)::double as first_amount,
    coalesce(came.later_days, 0)::integer as later_days,
    coalesce(came.later_spend, 0)::double as later_spend,
    coalesce(came.revenue, 0)::double as revenue
from backtest_origin
inner join backtest_customers using (customer_id)
left join came using (customer_id)
