-- value/plans/acquisition_money.sql: what each customer won has brought in each month since the first purchase, nominal and discounted to
-- it: the contribution booked, spread over time as the net revenue is; all of it in the first month where revenue does not say when
with months as (
    select
        booked.customer_id,
        (date '1970-01-01' + booked.day) - plan_won.first_purchase as days,
        sum(booked.amount) as amount
    from booked
    inner join plan_won using (customer_id)
    group by booked.customer_id, days
),

totals as (
    select customer_id, sum(amount) as amount from months group by customer_id
),

shared as (
    select
        plan_won.customer_id,
        greatest(if(totals.amount > 0, months.days, 0), 0) as days,
        if(totals.amount > 0, plan_won.past::double * months.amount::double / totals.amount::double, plan_won.past::double / count(*) over (partition by plan_won.customer_id)) as money
    from plan_won
    inner join months using (customer_id)
    inner join totals using (customer_id)
)

select
    customer_id,
    floor(days / (365.25 / 12))::integer as month,
    days < $value_horizon_days::double as is_within,
    sum(money::decimal(18, 6)) as nominal,
    sum((money * pow(1 + $rate::double, -days / 365.25))::decimal(18, 6)) as discounted
from shared
group by customer_id, month, is_within
