-- base/customers_plain.sql: base/customers.sql for a log without reversals, non-products, free lines and collective customers,
-- where each line is a paid purchase (see base/plain_days.sql)
with grouped as (
    select
        customer_id,
        min(day) as first_day,
        max(day) as last_day,
        count(*) as purchases,
        count(*) filter (where day > $as_of - 365) as recent_purchases,
        sum(millionths) as amount,
        arg_min(millionths, day) as first_amount
    from plain_days
    where day <= $as_of
    group by customer_id
)

select
    customer_id,
    (amount / 1000000)::decimal(18, 6) as revenue,
    first_day,
    last_day,
    (purchases - 1)::integer as frequency,
    last_day - first_day as recency,
    ($as_of - first_day)::integer as t,
    (recent_purchases - (first_day > $as_of - 365)::integer)::integer as recent,
    case when amount is not null then purchases - 1 end::integer as spend_days,
    ((amount - first_amount) / 1000000)::decimal(18, 6) as spend,
    (coalesce(first_amount, 0) / 1000000)::decimal(18, 6) as first_amount,
    false as is_collective
from grouped
