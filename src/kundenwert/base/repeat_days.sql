-- base/repeat_days.sql: repeat purchases by day up to the as-of day, of customers first seen on day `known` or before
select
    purchase_days.day,
    count(*) as purchases
from purchase_days
inner join customers using (customer_id)
where
    purchase_days.is_purchase
    and not customers.is_collective
    and customers.first_day <= $known
    and purchase_days.day > customers.first_day
    and purchase_days.day <= $as_of
group by purchase_days.day
order by purchase_days.day
