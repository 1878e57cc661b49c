-- value/components/rfm_whole.sql: days since the last purchase, purchases and revenue of each customer with a purchase left, over the whole log
select
    customer_id,
    ($as_of::date - last_purchase)::bigint as days,
    frequency::bigint + 1 as orders,
    revenue as money
from judged
where frequency is not null
