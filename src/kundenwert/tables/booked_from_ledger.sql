-- tables/booked_from_ledger.sql: the lines that belong to customers, from the ledger
select
    customer_id,
    (date - date '1970-01-01')::integer as day,
    file_id,
    record,
    document_id,
    product_id,
    product_group,
    quantity,
    amount,
    cost,
    line_class,
    is_non_product,
    is_negative_price
from ledger_lines
where customer_id is not null
