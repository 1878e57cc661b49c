-- tables/readiness.sql: how much the booked lines of customers say: customers, second purchases, span of days, filled cells
with customer_days as (
    select customer_id, day from booked where line_class = 'kept' group by all
),

per_customer as (
    select customer_id, count(*) as purchase_days from customer_days group by customer_id
),

filled as (
    select
        count(*) as lines,
        count(amount) as amount,
        count(cost) as cost,
        count(product_id) as product_id,
        count(product_group) as product_group,
        count(document_id) as document_id,
        count(quantity) as quantity,
        max(day) - min(day) as days,
        date '1970-01-01' + min(day) as first_day,
        date '1970-01-01' + max(day) as last_day
    from booked
)

select
    filled.*,
    (select count(*) from per_customer) as customers,
    (select count(*) from per_customer where purchase_days > 1) as returning,
    (select coalesce(sum(purchase_days - 1), 0)::bigint from per_customer) as repeat_purchases
from filled
