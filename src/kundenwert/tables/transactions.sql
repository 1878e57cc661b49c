-- tables/transactions.sql: the canonical table of the ledger: every booked line, sorted by customer
select
    customer_id::varchar as customer_id,
    date '1970-01-01' + day as date,
    document_id,
    product_id,
    product_group,
    quantity,
    price,
    amount,
    cost,
    list_amount,
    discount,
    currency,
    case
        when customer_id is null then 'sale'::line_kind
        when is_cancellation then 'cancellation'::line_kind
        when is_return then 'return'::line_kind
        else 'sale'::line_kind
    end as kind,
    case
        when customer_id is null then 'without_customer'::line_class
        when is_cancellation then 'cancellation'::line_class
        when is_return then 'return'::line_class
        else 'kept'::line_class
    end as line_class,
    is_free,
    is_non_product,
    is_negative_price,
    promotion,
    is_duplicate,
    file_id,
    record
from lines_in_order
