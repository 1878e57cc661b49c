-- value/contribution/period.sql: each customer over a year, or over all of them, with the costs that may be causes of loss.
-- size_class: customers of similar sales at list price, at most five classes of at least 50 customers
with totals as (
    select
        customer_id,
        sum(gross) as gross,
        sum(revenue) as revenue,
        sum(net) as net,
        sum(db1) as db1,
        sum(db2) as db2,
        sum(db3) as db3,
        sum(db4) as db4,
        sum(discount + bonus + cash_discount) as discount_cost,
        sum(order_cost) as order_cost,
        sum(orders) as orders,
        sum(visit_cost) as visit_cost,
        sum(visits) as visits,
        sum(return_cost) as return_cost,
        sum("returns") as "returns",
        sum(complaint_cost) as complaint_cost,
        sum(complaints) as complaints
    from contribution
    where unallocated is null and ($year::integer is null or "year" = $year)
    group by customer_id
)

select
    *,
    greatest(gross, 0) as size,
    (row_number() over (order by gross, customer_id) - 1) * least(greatest(count(*) over () // 50, 1), 5) // count(*) over () as size_class
from totals
