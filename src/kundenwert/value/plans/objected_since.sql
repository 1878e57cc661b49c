-- value/plans/objected_since.sql: each line of a plan by its number, with the action and whether the customer has objected by now
select
    record::bigint as record,
    customer_id,
    action,
    customer_id in (select customer_id from plan_objectors) as is_objected
from plan_lines
order by record
