-- value/plans/coverage_customers.sql: of each customer the days since the last contact and since the last measure in which it was treated
with contacted as (
    select customer_id, max(date) as last_contact
    from ledger_contacts
    where date <= $as_of
    group by customer_id
),

treated as (
    select customer_id, max(date) as last_measure
    from ledger_measures
    where date <= $as_of and treated
    group by customer_id
)

select
    plan_customers.customer_id,
    ($as_of::date - contacted.last_contact)::double as contact_days,
    ($as_of::date - treated.last_measure)::double as measure_days
from plan_customers
left join contacted using (customer_id)
left join treated using (customer_id)
