-- base/rhythms/purchases_plain.sql: base/rhythms/purchases.sql for a log where each line is a paid purchase
with days as (
    select
        numbered_customers.number,
        plain_days.day,
        numbered_customers.first_day
    from plain_days
    inner join numbered_customers using (customer_id)
    where plain_days.day <= $as_of
)

select
    number,
    day,
    (row_number() over earlier)::integer as n,
    (day - lag(day) over earlier)::integer as gap,
    first_day
from days
window earlier as (partition by number order by day)
