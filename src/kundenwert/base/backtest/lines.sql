-- base/backtest/lines.sql: the booked lines of the customers of a backtest up to the as-of day
select
    booked.customer_id,
    booked.day,
    booked.file_id,
    booked.record,
    booked.document_id,
    booked.product_id,
    booked.product_group,
    booked.quantity,
    booked.amount,
    booked.cost,
    booked.line_class,
    booked.is_non_product,
    booked.is_negative_price
from booked
inner join backtest_customers using (customer_id)
where booked.day <= $as_of
