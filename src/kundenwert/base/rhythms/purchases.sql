-- base/rhythms/purchases.sql: each purchase of the customers that models see, as known on the day of the base: the n-th, and the days since
-- the one before
with days as (
    select
        numbered_customers.number,
        purchase_days.day,
        numbered_customers.first_day
    from purchase_days
    inner join numbered_customers using (customer_id)
    where purchase_days.is_purchase and purchase_days.day <= $as_of
)

select
    number,
    day,
    (row_number() over earlier)::integer as n,
    (day - lag(day) over earlier)::integer as gap,
    first_day
from days
window earlier as (partition by number order by day)
