-- value/totals.sql: sums over the value table
select
    count(*) as customers,
    count(*) filter (where level = 'customer') as customer,
    count(*) filter (where level = 'segment') as segment,
    count(*) filter (where level = 'none') as none,
    coalesce(sum(frequency + 1), 0)::bigint as purchases,
    coalesce(sum((expected_purchases * 1000000)::bigint), 0)::double / 1000000 as expected_purchases,
    sum(revenue) as revenue,
    sum(past) as past,
    sum(expected_revenue) as expected_revenue,
    sum(clv) as clv,
    sum(clv_beyond) as clv_beyond,
    sum(value) as value
from valued_customers
