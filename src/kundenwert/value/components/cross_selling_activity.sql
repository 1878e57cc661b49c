-- value/components/cross_selling_activity.sql: how active each customer was as known on the three days: days with a purchase in the 365 days
-- before, and days since the last one (a million without any)
with days as (
    select place, age from cross_selling_lines where is_kept group by place, age
),

counted as (
    select
        place,
        count(*) filter (where age < 365) as days_now,
        min(age) as since_now,
        count(*) filter (where age >= $span and age < $span + 365) as days_then,
        min(age) filter (where age >= $span) - $span as since_then,
        count(*) filter (where age >= 2 * $span and age < 2 * $span + 365) as days_before,
        min(age) filter (where age >= 2 * $span) - 2 * $span as since_before
    from days
    group by place
)

select
    coalesce(days_now, 0)::integer as days_now,
    coalesce(since_now, 1000000)::integer as since_now,
    coalesce(days_then, 0)::integer as days_then,
    coalesce(since_then, 1000000)::integer as since_then,
    coalesce(days_before, 0)::integer as days_before,
    coalesce(since_before, 1000000)::integer as since_before
from cross_selling_customers
left join counted using (place)
order by place
