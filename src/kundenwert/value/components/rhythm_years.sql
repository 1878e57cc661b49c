-- value/components/rhythm_years.sql: who bought, how often and for how much, in the last 365 days and in the 365 before them
with bought as (
    select
        case when day > $now - 365 then 'last' else 'before' end as span,
        count(distinct customer_id) as customers,
        count(*) as purchases
    from purchases_now
    where day > $now - 730
    group by span
),

paid as (
    select
        case when day > $now - 365 then 'last' else 'before' end as span,
        sum(amount)::decimal(28, 2) as revenue
    from booked
    inner join judged on booked.customer_id::varchar = judged.customer_id
    where day > $now - 730 and day <= $now
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
order by span desc
