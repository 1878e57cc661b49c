-- base/features/recommendations.sql: how many customers each customer with a sale has brought until the as-of day, and what they bought.
-- Who was recommended by several counts for the first; a recommendation without a day counts, nobody recommends himself
with came as (
    select customer_id, arg_min(recommender_id, (coalesce(date, date '0001-01-01'), recommender_id)) as recommender_id
    from ledger_referrals
    where coalesce(date, date '0001-01-01') <= date '1970-01-01' + $as_of::integer
        and recommender_id is not null
        and recommender_id <> customer_id
    group by customer_id
),

bought as (
    select customer_id, sum(amount)::decimal(18, 2) as revenue
    from ledger_lines
    where date <= date '1970-01-01' + $as_of::integer and customer_id is not null
    group by customer_id
),

brought as (
    select
        came.recommender_id as customer_id,
        count(*) as recommended_customers,
        coalesce(sum(bought.revenue), 0)::decimal(18, 2) as recommended_revenue
    from came
    left join bought using (customer_id)
    group by came.recommender_id
)

select
    customer_id,
    coalesce(recommended_customers, 0) as recommended_customers,
    coalesce(recommended_revenue, 0)::decimal(18, 2) as recommended_revenue
from bought
full join brought using (customer_id)
