-- base/quarters.sql: purchases and booked revenue of one customer by calendar quarter
select
    date_trunc('quarter', date '1970-01-01' + day)::date as first,
    count(distinct day) filter (where line_class = 'kept') as purchases,
    sum(amount)::decimal(18, 2) as revenue
from booked
where customer_id::varchar = $customer and day <= $as_of
group by first
order by first
