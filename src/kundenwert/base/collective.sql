-- base/collective.sql: customers who bought on most of the log's document days: perhaps many people behind one number
select
    customers.customer_id::varchar as customer_id,
    frequency + 1 as purchase_days,
    count(*) as lines
from customers
inner join booked using (customer_id)
where frequency + 1 > $days and day <= $as_of
group by all
having count(*) > $lines
order by lines desc
