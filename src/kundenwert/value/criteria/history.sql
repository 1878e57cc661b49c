-- value/criteria/history.sql: days as a customer, purchases and booked contribution; of new customers nothing can be said yet
with records as (
    select customer_id, min(acquired_on) as acquired_on from ledger_customers where acquired_on is not null group by customer_id
),

told as (
    select
        judged.customer_id,
        ($as_of::date - least(judged.first_purchase, coalesce(records.acquired_on, judged.first_purchase)))::double as days,
        (judged.frequency + 1)::double as purchases,
        judged.past::double as past
    from judged
    left join records on judged.customer_id = records.customer_id
    where judged.frequency is not null
)

select customer_id, null::double as points, [days, purchases, past] as measures, [days, purchases, past] as facts, false as is_weak
from told
where days >= $new_days
