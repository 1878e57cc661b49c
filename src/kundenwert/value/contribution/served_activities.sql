-- value/contribution/served_activities.sql: the activities, and each delivery once more for whatever the customer asks of it (R78)
with parts as (
    select customer_id, unnest(string_split_regex(requirements, '[,;/|]')) as part from ledger_customers where requirements is not null
),

asked as (
    select distinct customer_id, lower(trim(part)) as requirement from parts
)

select
    customer_id,
    driver,
    date,
    count,
    file_id,
    record
from ledger_activities
union all
select
    ledger_activities.customer_id,
    asked.requirement as driver,
    ledger_activities.date,
    ledger_activities.count,
    ledger_activities.file_id,
    ledger_activities.record
from ledger_activities
inner join asked using (customer_id)
where is_delivery(ledger_activities.driver) and asked.requirement <> ''
