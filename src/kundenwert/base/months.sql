-- base/months.sql: purchases and booked revenue by calendar month
select
    strftime(date '1970-01-01' + purchase_days.day, '%Y-%m') as month,
    count(*) filter (where is_purchase) as purchases,
    count(*) filter (where is_purchase and purchase_days.day = customers.first_day) as first_purchases,
    coalesce(sum(purchase_days.revenue), 0)::decimal(38, 6) as revenue
from purchase_days
inner join customers using (customer_id)
where purchase_days.day <= $as_of
group by month
order by month
