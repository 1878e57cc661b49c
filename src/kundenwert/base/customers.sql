-- base/customers.sql: the customer base, one row a customer with a booked line; days since 1970-01-01, money unrounded.
-- spend_days and spend: repeat purchase days with a positive amount. first_amount: of the first day, 0 if it is not positive.
-- recent: repeat purchases of the last 365 days.
with grouped as (
    select
        customer_id,
        sum(revenue) as revenue,
        min(day) filter (where is_purchase) as first_day,
        max(day) filter (where is_purchase) as last_day,
        count(*) filter (where is_purchase) as purchases,
        count(*) filter (where is_purchase and day > $as_of - 365) as recent_purchases,
        count(*) filter (where is_purchase and purchase_amount > 0) as paid_days,
        sum(purchase_amount) filter (where is_purchase and purchase_amount > 0) as paid,
        arg_min(purchase_amount, day) filter (where is_purchase) as first_amount
    from purchase_days
    where day <= $as_of
    group by customer_id
),

placed as (
    select
        *,
        coalesce(list_contains(getvariable('collective')::varchar[], customer_id::varchar), false) as is_collective
    from grouped
)

select
    customer_id,
    revenue::decimal(24, 6) as revenue,
    first_day,
    last_day,
    case when purchases > 0 then purchases - 1 end::integer as frequency,
    last_day - first_day as recency,
    ($as_of - first_day)::integer as t,
    case when purchases > 0 then recent_purchases - (first_day > $as_of - 365)::integer end::integer as recent,
    case when purchases > 0 then paid_days - coalesce((first_amount > 0)::integer, 0) end::integer as spend_days,
    case when purchases > 0 then coalesce(paid, 0) - greatest(coalesce(first_amount, 0), 0) end::decimal(24, 6) as spend,
    case when purchases > 0 then greatest(first_amount, 0) end::decimal(24, 6) as first_amount,
    is_collective
from placed
