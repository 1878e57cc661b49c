-- value/cents.sql: customers whose amount gets one more cent by largest remainder, so that the rounded amounts add up to the
-- total rounded once; ties go to the smaller id
with parts as (
    select
        customer_id,
        floor(amount * 100) as whole,
        amount * 100 - floor(amount * 100) as remainder
    from unrounded
),

missing as (
    select round(sum(whole) + sum(remainder)) - sum(whole) as cents from parts
)

select customer_id
from parts
where remainder > 0
qualify row_number() over (order by remainder desc, customer_id::varchar) <= (select cents from missing)
