-- base/reversals/sales.sql: the sales lines that a reversal could take back: same customer and product
select
    booked.file_id,
    booked.record,
    booked.customer_id,
    coalesce(booked.product_id, '') as product,
    coalesce(booked.document_id, '') as document,
    booked.day,
    coalesce(booked.quantity, booked.amount)::decimal(18, 6) as pieces
from booked
semi join reversals
    on booked.customer_id = reversals.customer_id and coalesce(booked.product_id, '') = reversals.product
where booked.line_class = 'kept'
    and booked.day <= $as_of
    and coalesce(booked.quantity, booked.amount) > 0
