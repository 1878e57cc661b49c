-- value/plans/acquisition_won.sql: customers whose first purchase the ledger shows as their first: won on or after its first day, or, where
-- that is not noted, first seen so many days after it, at most half of what it covers. With how they were won, their first product group, and what winning them has cost
with started as (
    select
        date '1970-01-01' + min(day) as first_day,
        least($settled_days::integer, ($as_of::date - (date '1970-01-01' + min(day)))::integer // 2) as settled
    from booked
),

spent as (
    select customer_id, sum(cost) as cost
    from (
        select ledger_measures.customer_id, ledger_measures.cost
        from ledger_measures
        inner join plan_customers using (customer_id)
        where ledger_measures.treated and ledger_measures.date < plan_customers.first_purchase
        union all
        select ledger_contacts.customer_id, ledger_contacts.cost
        from ledger_contacts
        inner join plan_customers using (customer_id)
        where ledger_contacts.date < plan_customers.first_purchase
    )
    group by customer_id
)

select
    plan_customers.customer_id,
    plan_customers.first_purchase,
    plan_customers.past,
    ($as_of::date - plan_customers.first_purchase)::integer as age,
    coalesce(trim(records.channel), '') as channel,
    coalesce(trim(records.industry), '') as industry,
    coalesce(trim(records.region), '') as region,
    year(plan_customers.first_purchase) || '-Q' || quarter(plan_customers.first_purchase) as quarter,
    -- What is noted as cost of winning the customer; else what measures and contacts before the first purchase have cost.
    coalesce(records.acquisition_cost, nullif(spent.cost, 0))::decimal(18, 6) as cost
from plan_customers
cross join started
left join ledger_customers as records using (customer_id)
left join spent using (customer_id)
where plan_customers.first_purchase is not null
    and plan_customers.past is not null
    and if(
        records.acquired_on is null,
        plan_customers.first_purchase >= started.first_day + started.settled,
        records.acquired_on >= started.first_day
    )
