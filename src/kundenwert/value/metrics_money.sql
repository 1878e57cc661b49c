-- value/metrics_money.sql: revenue, contribution I and IV of each customer booked after a day, of the records that stand open; unrounded
with parts as (
    select customer_id, revenue, revenue - goods as first_step, 0 as served
    from sale_lines
    where date > $after
    union all
    select customer_id, 0, -amount, 0
    from cash_discounts
    where date > $after
    union all
    select customer_id, 0, 0, amount
    from cost_lines
    where date > $after and amount is not null
)

select
    customer_id::varchar as customer_id,
    sum(revenue)::decimal(24, 6) as revenue,
    sum(first_step)::decimal(24, 6) as db1,
    sum(first_step - served)::decimal(24, 6) as db4
from parts
where customer_id is not null
group by 1
