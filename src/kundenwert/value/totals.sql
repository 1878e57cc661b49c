-- value/totals.sql: sums over the value table. Who objected has no forecast; totals count the mean of all customers with a forecast
-- instead, for each of them with a purchase left.
with summed as (
    select
        count(*) as customers,
        count(*) filter (where level = 'customer') as customer,
        count(*) filter (where level = 'segment') as segment,
        count(*) filter (where level = 'none') as none,
        count(*) filter (where level = 'objected') as objected,
        count(frequency) filter (where level = 'objected')
        / nullif(count(*) filter (where level in ('customer', 'segment')), 0) as averaged,
        coalesce(sum(frequency + 1), 0)::bigint as purchases,
        coalesce(sum((expected_purchases * 1000000)::bigint), 0)::double / 1000000 as expected_purchases,
        sum(revenue) as revenue,
        sum(past) as past,
        sum(expected_revenue) as expected_revenue,
        sum(clv) as clv,
        sum(clv_beyond) as clv_beyond,
        sum(value) as value
    from valued_customers
),

averaged as (
    select
        coalesce(expected_purchases * averaged, 0)::double as purchases,
        coalesce(expected_revenue * averaged, 0)::decimal(18, 2) as revenue,
        coalesce(clv * averaged, 0)::decimal(18, 2) as clv,
        coalesce(clv_beyond * averaged, 0)::decimal(18, 2) as clv_beyond
    from summed
)

select
    summed.* exclude (averaged) replace (
        summed.expected_purchases + averaged.purchases as expected_purchases,
        summed.expected_revenue + averaged.revenue as expected_revenue,
        summed.clv + averaged.clv as clv,
        summed.clv_beyond + averaged.clv_beyond as clv_beyond,
        summed.value + averaged.clv as value
    ),
    averaged.purchases as objected_purchases,
    averaged.revenue as objected_revenue,
    averaged.clv as objected_clv,
    averaged.clv_beyond as objected_beyond
from summed
cross join averaged
