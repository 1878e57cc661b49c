-- base/money_since.sql: booked revenue and the money of purchases in a window; the difference is what reversals without a sale take
select
    coalesce(sum(revenue), 0)::double as revenue,
    coalesce(sum(purchase_amount) filter (where is_purchase), 0)::double as purchases,
    count(*) filter (where is_purchase) as made
from purchase_days
where day > $since
    and day <= $as_of
    and not coalesce(list_contains(getvariable('collective')::varchar[], customer_id::varchar), false)
