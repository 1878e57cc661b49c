-- base/rhythms/purchases_plain.sql: base/rhythms/purchases.sql for a log where each line is a paid purchase
with seen as (
    select
        plain_days.customer_id,
        plain_days.day,
        customers.first_day
    from plain_days
    inner join customers using (customer_id)
    where plain_days.day <= $as_of and customers.frequency is not null and not customers.is_collective
)

select
    customer_id::varchar as customer_id,
    day,
    (row_number() over earlier)::integer as n,
    (day - lag(day) over earlier)::integer as gap,
    first_day
from seen
window earlier as (partition by customer_id order by day)
