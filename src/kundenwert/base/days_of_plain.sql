-- base/days_of_plain.sql: base/days_of.sql for a log where each line is a paid purchase
select distinct day
from booked
where customer_id::varchar = $customer and day <= $as_of
order by day
