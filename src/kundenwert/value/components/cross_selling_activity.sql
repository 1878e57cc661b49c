-- value/components/cross_selling_activity.sql: how active each customer was as known on the three days: days with a purchase in the 365 days
-- before, and days since the last one (null without any)
with days as (
    select customer_id, ($as_of::date - date '1970-01-01') - day as age
    from booked
    where day <= $as_of::date - date '1970-01-01' and line_class = 'kept' and not is_non_product
    group by 1, 2
),

counted as (
    select
        customer_id::varchar as customer_id,
        count(*) filter (where age < 365) as days_now,
        min(age) as since_now,
        count(*) filter (where age >= $span and age < $span + 365) as days_then,
        min(age) filter (where age >= $span) - $span as since_then,
        count(*) filter (where age >= 2 * $span and age < 2 * $span + 365) as days_before,
        min(age) filter (where age >= 2 * $span) - 2 * $span as since_before
    from days
    group by 1
)

select
    coalesce(days_now, 0)::integer as days_now,
    coalesce(since_now, 1000000)::integer as since_now,
    coalesce(days_then, 0)::integer as days_then,
    coalesce(since_then, 1000000)::integer as since_then,
    coalesce(days_before, 0)::integer as days_before,
    coalesce(since_before, 1000000)::integer as since_before
from cross_selling_customers
left join counted using (customer_id)
order by place
