-- base/reversals/reversals.sql: cancellations and returns known at the as-of day; pieces are counted, or money where no quantity is known
select
    file_id,
    record,
    customer_id,
    coalesce(product_id, '') as product,
    coalesce(document_id, '') as document,
    day,
    abs(coalesce(quantity, amount))::decimal(18, 6) as pieces,
    amount
from booked
where line_class in ('cancellation', 'return')
    and day <= $as_of
    and coalesce(quantity, amount) < 0
    and not coalesce(list_contains(getvariable('collective')::varchar[], customer_id::varchar), false)
