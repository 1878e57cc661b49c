-- base/money_since.sql: booked revenue and the money of purchases in a window; the difference is what reversals without a sale take
with purchase_days as (
    select
        customer_id,
        day,
        sum(revenue) as revenue,
        sum(purchase_amount) as purchase_amount,
        bool_or(is_purchase) as is_purchase
    from movements
    where day > $since and day <= $as_of
    group by customer_id, day
)

select
    coalesce(sum(revenue), 0)::double as revenue,
    coalesce(sum(purchase_amount) filter (where is_purchase), 0)::double as purchases
from purchase_days
where not coalesce(list_contains(getvariable('collective')::varchar[], customer_id::varchar), false)
