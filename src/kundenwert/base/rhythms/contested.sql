-- base/rhythms/contested.sql: the lines that reversals may touch, known on any day: those of a customer and product with a reversal
select booked.*
from booked
semi join (
    select distinct customer_id, coalesce(product_id, '') as product from booked where line_class in ('cancellation', 'return')
) as reversed
    on booked.customer_id = reversed.customer_id and coalesce(booked.product_id, '') = reversed.product
