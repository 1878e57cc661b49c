-- value/components/rhythm_years.sql: who bought, how often and for how much, in the last 365 days and in the 365 before them
with counted as (
    select
        number,
        count(*) filter (where day > $now - 365) as last_purchases,
        count(*) filter (where day <= $now - 365) as purchases_before
    from purchases_now
    where day > $now - 730
    group by number
),

bought as (
    select
        'last' as span,
        count(*) as customers,
        sum(last_purchases)::bigint as purchases
    from counted
    where last_purchases > 0
    union all
    select
        'before' as span,
        count(*) as customers,
        sum(purchases_before)::bigint as purchases
    from counted
    where purchases_before > 0
),

paid as (
    select
        case when day > $now - 365 then 'last' else 'before' end as span,
        sum(amount)::decimal(28, 2) as revenue
    from booked
    inner join customers using (customer_id)
    where not customers.is_collective and customers.frequency is not null and day > $now - 730 and day <= $now
    group by span
)

select
    bought.span,
    bought.customers,
    bought.purchases,
    paid.revenue,
    bought.purchases / bought.customers as per_customer,
    (paid.revenue / bought.purchases)::decimal(18, 2) as basket
from bought
left join paid using (span)
where bought.customers > 0
order by span desc
