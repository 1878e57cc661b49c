-- value/customer_page/lines.sql: the booked lines of one customer in a year or in all, newest first, a page of them
select
    date '1970-01-01' + day as date,
    document_id,
    product_id,
    product_group,
    quantity,
    amount,
    line_class
from booked
where
    customer_id::varchar = $customer
    and day <= $as_of
    and ($year::integer is null or year(date '1970-01-01' + day) = $year)
order by day desc, document_id desc, file_id, record
limit $most offset $skip
