-- value/contribution/period.sql: each customer over a year, or over all of them, with the costs that may be causes of loss.
-- size_class: customers of similar sales at list price: fifths of the customers; fewer than 250 are one class
with totals as (
    select
        customer_id,
        sum(gross)::decimal(18, 2) as gross,
        sum(revenue)::decimal(18, 2) as revenue,
        sum(net)::decimal(18, 2) as net,
        sum(db1)::decimal(18, 2) as db1,
        sum(db2)::decimal(18, 2) as db2,
        sum(db3)::decimal(18, 2) as db3,
        sum(db4)::decimal(18, 2) as db4,
        sum(discount + bonus + cash_discount)::decimal(18, 2) as discount_cost,
        sum(order_cost)::decimal(18, 2) as order_cost,
        sum(orders)::decimal(18, 2) as orders,
        sum(visit_cost)::decimal(18, 2) as visit_cost,
        sum(visits)::decimal(18, 2) as visits,
        sum(return_cost)::decimal(18, 2) as return_cost,
        sum("returns")::decimal(18, 2) as "returns",
        sum(complaint_cost)::decimal(18, 2) as complaint_cost,
        sum(complaints)::decimal(18, 2) as complaints
    from contribution
    where unallocated is null and ($year::integer is null or "year" = $year)
    group by customer_id
),

limits as (
    select quantile_disc(gross, [0.2, 0.4, 0.6, 0.8]) as sizes, count(*) as customers from totals
)

select
    totals.*,
    greatest(gross, 0) as size,
    case
        when limits.customers < 250 then 0
        else (gross > sizes[1])::integer + (gross > sizes[2])::integer + (gross > sizes[3])::integer + (gross > sizes[4])::integer
    end as size_class
from totals
cross join limits
