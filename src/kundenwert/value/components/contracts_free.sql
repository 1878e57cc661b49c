-- value/components/contracts_free.sql: each contract without a fee: months until it ended, turned into a paid one of the customer, or now
with paid as (
    select customer_id, max(first_day) as first_day from contracts_known where fee > 0 group by customer_id
)

select
    free.customer_id,
    coalesce(paid.first_day >= free.first_day, false) as is_converted,
    free.is_over,
    greatest(
        least(coalesce(free.left_on, $as_of::date), $as_of::date, if(paid.first_day >= free.first_day, paid.first_day, $as_of::date))
        - free.first_day,
        0
    ) as days
from contracts_known as free
left join paid using (customer_id)
where free.fee = 0
