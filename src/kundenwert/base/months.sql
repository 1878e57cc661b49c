-- base/months.sql: purchases and booked revenue by calendar month
with purchase_days as (
    select customer_id, day, sum(revenue) as revenue, bool_or(is_purchase) as is_purchase
    from movements
    where day <= $as_of
    group by customer_id, day
)

select
    strftime(date '1970-01-01' + purchase_days.day, '%Y-%m') as month,
    count(*) filter (where is_purchase) as purchases,
    count(*) filter (where is_purchase and purchase_days.day = customers.first_day) as first_purchases,
    coalesce(sum(purchase_days.revenue), 0)::decimal(38, 6) as revenue
from purchase_days
inner join customers using (customer_id)
group by month
order by month
