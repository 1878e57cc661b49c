-- base/history.sql: the booked lines of one customer by document, newest first
select
    day,
    document_id,
    line_class,
    count(*) as lines,
    sum(amount) as amount
from booked
where customer_id::varchar = $customer and day <= $as_of
group by all
order by day desc, document_id desc
