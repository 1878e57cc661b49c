-- base/months_plain.sql: purchases and booked revenue by calendar month, where each line is a purchase as it stands
with purchase_days as (
    select customer_id, day, sum(amount) as revenue
    from booked
    where day <= $as_of
    group by customer_id, day
)

select
    strftime(date '1970-01-01' + purchase_days.day, '%Y-%m') as month,
    count(*) as purchases,
    count(*) filter (where purchase_days.day = customers.first_day) as first_purchases,
    coalesce(sum(purchase_days.revenue), 0)::decimal(38, 6) as revenue
from purchase_days
inner join customers using (customer_id)
group by month
order by month
