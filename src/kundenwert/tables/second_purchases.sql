-- tables/second_purchases.sql: customers with a sale, those who bought on a second day, and all purchases after the first
with customer_days as (
    select customer_id, day from booked where line_class = 'kept' group by all
),

per_customer as (
    select customer_id, count(*) as purchase_days from customer_days group by customer_id
)

select
    count(*) as customers,
    count(*) filter (where purchase_days > 1) as returning,
    coalesce(sum(purchase_days - 1), 0)::bigint as repeat_purchases
from per_customer
