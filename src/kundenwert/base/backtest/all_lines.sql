-- base/backtest/all_lines.sql: the booked lines as they are, to be looked at in another engine
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
from booked
