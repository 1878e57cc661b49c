-- base/years.sql: booked revenue of one customer by calendar year
select
    year(date '1970-01-01' + day) as year,
    count(*) as lines,
    count(distinct day) filter (where line_class = 'kept') as sale_days,
    sum(amount)::decimal(24, 6) as revenue
from booked
where customer_id::varchar = $customer and day <= $as_of
group by year
order by year
