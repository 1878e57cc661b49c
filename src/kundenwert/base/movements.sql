-- base/movements.sql: what each line does to revenue and to the purchase of its day, after the reversals known at the as-of day
select
    booked.customer_id,
    booked.day,
    booked.amount as revenue,
    case when line_class = 'kept' then booked.amount + coalesce(cancelled.amount, 0) else 0 end::decimal(18, 6) as purchase_amount,
    line_class = 'kept'
    and not is_non_product
    and not is_negative_price
    and (cancelled.pieces is null or abs(coalesce(booked.quantity, booked.amount)) > cancelled.pieces) as is_purchase
from booked
left join cancelled using (file_id, record)
