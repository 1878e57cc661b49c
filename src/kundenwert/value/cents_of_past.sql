-- value/cents_of_past.sql: customers whose booked contribution gets one more cent by largest remainder, so that the rounded contributions add up to
-- the ledger total rounded once; ties go to the smaller id
with parts as (
    select
        customer_id,
        floor(past * 100) as whole,
        past * 100 - floor(past * 100) as remainder
    from contributions
),

missing as (
    select round(sum(whole) + sum(remainder)) - sum(whole) as cents from parts
)

select customer_id
from parts
where remainder > 0
qualify row_number() over (order by remainder desc, customer_id::varchar) <= (select cents from missing)
