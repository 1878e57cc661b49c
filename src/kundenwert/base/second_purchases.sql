-- base/second_purchases.sql: customers of the base with a purchase, those with a second one, and all purchases after the first
select
    count(frequency) as customers,
    count(*) filter (where frequency > 0) as returning,
    coalesce(sum(frequency), 0)::bigint as repeat_purchases
from customers
