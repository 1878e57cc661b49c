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
    case line_class when 'without_customer' then 'sale' when 'kept' then 'sale' else line_class end as kind,
    line_class,
    is_free,
    is_non_product,
    is_negative_price,
    promotion,
    repeated.record is not null as is_duplicate,
    lines.file_id,
    lines.record
from lines
left join repeated using (file_id, record)
where bookable
order by customer_id, day, file_id, record
