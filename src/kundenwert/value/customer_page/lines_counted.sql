-- value/customer_page/lines_counted.sql: how many booked lines of one customer there are in a year or in all, and their sum
select count(*) as lines, sum(amount)::decimal(18, 2) as amount
from booked
where
    customer_id::varchar = $customer
    and day <= $as_of
    and ($year::integer is null or year(date '1970-01-01' + day) = $year)
