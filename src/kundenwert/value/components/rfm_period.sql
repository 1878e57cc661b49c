-- value/components/rfm_period.sql: days since the last purchase, purchases and revenue within the last $days days, of those who bought then
with orders as (
    select rhythm_now.customer_id, max(purchases_now.day) as last_day, count(*) as orders
    from purchases_now
    inner join rhythm_now using (number)
    where purchases_now.day > ($as_of::date - date '1970-01-01') - $days
    group by 1
),

money as (
    select customer_id::varchar as customer_id, sum(amount)::decimal(18, 2) as money
    from booked
    where day > ($as_of::date - date '1970-01-01') - $days and day <= $as_of::date - date '1970-01-01'
    group by 1
)

select
    judged.customer_id,
    ($as_of::date - date '1970-01-01' - orders.last_day)::bigint as days,
    orders.orders::bigint as orders,
    coalesce(money.money, 0)::decimal(18, 2) as money
from judged
inner join orders using (customer_id)
left join money using (customer_id)
