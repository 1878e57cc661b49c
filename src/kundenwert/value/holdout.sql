-- value/holdout.sql: purchases after the as-of day against the forecast, for customers of the base
with actual as (
    select
        customer_id,
        count(distinct day) filter (where line_class = 'kept' and not is_non_product and not is_negative_price) as purchases,
        sum(amount) as revenue
    from booked
    where day > $as_of and day <= $until
    group by customer_id
)

select
    count(*) as customers,
    coalesce(sum(actual.purchases), 0)::bigint as actual_purchases,
    sum((expected_purchases * 1000000)::bigint)::double / 1000000 as expected_purchases,
    sum((abs(expected_purchases - coalesce(actual.purchases, 0)) * 1000000)::bigint)::double / 1000000 / count(*) as mae,
    sqrt(sum((pow(expected_purchases - coalesce(actual.purchases, 0), 2) * 1000000)::bigint)::double / 1000000 / count(*)) as rmse,
    sum(actual.revenue) as actual_revenue
from customer_forecasts
left join actual using (customer_id)
where expected_purchases is not null
