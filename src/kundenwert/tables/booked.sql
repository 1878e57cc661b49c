-- tables/booked.sql: the lines that belong to customers, straight from the input
select
    customer_id,
    day,
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
from lines
where bookable and customer_id is not null
