-- base/rhythms/purchases.sql: each purchase of the customers that models see, as known on the day of the base: the n-th, and the days since
-- the one before
with days as (
    select
        purchase_days.customer_id,
        purchase_days.day,
        customers.first_day
    from purchase_days
    inner join customers using (customer_id)
    where purchase_days.is_purchase
        and purchase_days.day <= $as_of
        and customers.frequency is not null
        and not customers.is_collective
)

select
    customer_id::varchar as customer_id,
    day,
    (row_number() over earlier)::integer as n,
    (day - lag(day) over earlier)::integer as gap,
    first_day
from days
window earlier as (partition by customer_id order by day)
