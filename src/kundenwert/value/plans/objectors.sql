-- value/plans/objectors.sql: who has objected, by the register or by the customer records. A number that the run writes otherwise
-- (capitals, zeros in front) is meant all the same where nobody has exactly this one
with wanted as (
    select distinct customer_id, ltrim(lower(trim(customer_id)), '0') as folded
    from objectors
    where customer_id <> ''
)

select customer_id from wanted
union
select plan_known.customer_id
from plan_known
inner join wanted on ltrim(lower(trim(plan_known.customer_id)), '0') = wanted.folded
where wanted.customer_id not in (select customer_id from plan_known)
union
select customer_id::varchar as customer_id from records_now where objection
