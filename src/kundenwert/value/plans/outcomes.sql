-- value/plans/outcomes.sql: what each measured customer brought in the time measured and in the time before: money and orders (documents, for
-- several on one day are several; days where lines bear none); a line without cost takes the margin of the base
with counted as (
    select
        booked.customer_id,
        coalesce(booked.document_id::varchar, booked.day::varchar) as document,
        booked.day > $since as is_after,
        booked.line_class = 'kept' and not booked.is_non_product and booked.quantity is distinct from 0 as is_sale,
        case
            when $margin::double is null then booked.amount
            when booked.cost is not null then booked.amount - booked.cost
            else (booked.amount::double * $margin::double)::decimal(18, 6)
        end as money
    from booked
    inner join measured_customers using (customer_id)
    where booked.day > $before and booked.day <= $until
),

summed as (
    select
        customer_id,
        sum(money) filter (where is_after) as money,
        sum(money) filter (where not is_after) as money_before,
        count(distinct document) filter (where is_after and is_sale) as orders,
        count(distinct document) filter (where not is_after and is_sale) as orders_before
    from counted
    group by customer_id
)

select
    measured_customers.customer_id,
    measured_customers.treated,
    measured_customers.action,
    measured_customers.times,
    measured_customers.cost,
    coalesce(measured_segments.segment::varchar, '') as segment,
    coalesce(summed.money, 0)::double as money,
    coalesce(summed.money_before, 0)::double as money_before,
    coalesce(summed.orders, 0)::double as orders,
    coalesce(summed.orders_before, 0)::double as orders_before,
    measured_forecasts.money::double as money_foreseen,
    measured_forecasts.orders::double as orders_foreseen
from measured_customers
left join summed using (customer_id)
left join measured_segments using (customer_id)
left join measured_forecasts using (customer_id)
order by measured_customers.customer_id
