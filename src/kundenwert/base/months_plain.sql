-- base/months_plain.sql: purchases and booked revenue by calendar month, where each line is a purchase as it stands
with days as (
    select day, count(*) as purchases, sum(millionths) as millionths
    from plain_days
    where day <= $as_of
    group by day
),

first_days as (
    select first_day as day, count(*) as customers
    from customers
    group by first_day
)

select
    strftime(date '1970-01-01' + days.day, '%Y-%m') as month,
    sum(purchases)::bigint as purchases,
    coalesce(sum(first_days.customers), 0)::bigint as first_purchases,
    (coalesce(sum(millionths), 0) / 1000000)::decimal(38, 6) as revenue
from days
left join first_days using (day)
group by month
order by month
