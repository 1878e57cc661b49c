-- value/cents.sql: customers whose booked revenue gets one more cent by largest remainder, so that the rounded revenues add up to
-- the ledger total rounded once; ties go to the smaller id
with parts as (
    select
        customer_id,
        floor(revenue * 100) as whole,
        revenue * 100 - floor(revenue * 100) as remainder
    from customers
),

missing as (
    select round(sum(whole) + sum(remainder)) - sum(whole) as cents from parts
)

select customer_id
from parts
where remainder > 0
qualify row_number() over (order by remainder desc, customer_id::varchar) <= (select cents from missing)
