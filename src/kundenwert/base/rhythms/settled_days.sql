-- base/rhythms/settled_days.sql: one row a customer and day of all other lines: what they did to revenue and to the purchase of the day
select
    booked.customer_id,
    booked.day,
    sum(booked.amount)::decimal(24, 6) as revenue,
    sum(case when booked.line_class = 'kept' then booked.amount else 0 end)::decimal(24, 6) as purchase_amount,
    bool_or(booked.line_class = 'kept' and not booked.is_non_product and not booked.is_negative_price) as is_purchase
from booked
anti join (
    select distinct customer_id, coalesce(product_id, '') as product from booked where line_class in ('cancellation', 'return')
) as reversed
    on booked.customer_id = reversed.customer_id and coalesce(booked.product_id, '') = reversed.product
group by booked.customer_id, booked.day
