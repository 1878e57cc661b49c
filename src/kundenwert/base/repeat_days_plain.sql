-- base/repeat_days_plain.sql: base/repeat_days.sql for a log where each line is a paid purchase
select
    booked.day,
    count(distinct booked.customer_id) as purchases
from booked
inner join customers using (customer_id)
where
    not customers.is_collective
    and customers.first_day <= $known
    and booked.day > customers.first_day
    and booked.day <= $as_of
group by booked.day
order by booked.day
