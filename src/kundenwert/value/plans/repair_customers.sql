-- value/plans/repair_customers.sql: of each customer who can be planned for the customer result of the year with its activity costs by stage,
-- and by possible cause of a loss: what it costs, what it costs comparable customers, how often, and where the loss would be gone
with causes as (
    select
        customer_id,
        max(cost) filter (where cause = 'discount') as discount_cost,
        max(usual) filter (where cause = 'discount') as discount_usual,
        max(target) filter (where cause = 'discount') as discount_target,
        max(cost) filter (where cause = 'small_orders') as orders_cost,
        max(usual) filter (where cause = 'small_orders') as orders_usual,
        max(units) filter (where cause = 'small_orders') as orders_units,
        max(target) filter (where cause = 'small_orders') as orders_target,
        max(cost) filter (where cause = 'visits') as visits_cost,
        max(usual) filter (where cause = 'visits') as visits_usual,
        max(units) filter (where cause = 'visits') as visits_units,
        max(target) filter (where cause = 'visits') as visits_target,
        max(cost) filter (where cause = 'returns') as returns_cost,
        max(usual) filter (where cause = 'returns') as returns_usual,
        max(units) filter (where cause = 'returns') as returns_units,
        max(target) filter (where cause = 'returns') as returns_target,
        max(cost) filter (where cause = 'complaints') as complaints_cost,
        max(usual) filter (where cause = 'complaints') as complaints_usual,
        max(units) filter (where cause = 'complaints') as complaints_units,
        max(target) filter (where cause = 'complaints') as complaints_target
    from loss_causes
    group by customer_id
),

years as (
    select
        customer_id,
        sum(gross)::double as year_gross,
        sum(revenue)::double as year_revenue,
        sum(db1)::double as year_db1,
        sum(marketing)::double as year_marketing,
        sum(sales)::double as year_sales,
        sum(service)::double as year_service,
        sum(logistics)::double as year_logistics,
        sum(db4)::double as db4
    from contribution
    where unallocated is null and ($year::integer is null or "year" = $year)
    group by customer_id
),

paid as (
    select
        customer_id,
        avg(greatest(least(coalesce(paid_on, $as_of::date), $as_of::date) - due_date, 0))::double as days_late
    from ledger_payments
    where due_date <= $as_of and due_date > $as_of::date - 365 and customer_id is not null
    group by customer_id
)

select
    plan_customers.customer_id,
    years.* exclude (customer_id, db4),
    years.db4 as result,
    causes.* exclude (customer_id),
    paid.days_late
from plan_customers
inner join years using (customer_id)
left join causes using (customer_id)
left join paid using (customer_id)
