-- register/apart.sql: whom models never see: who objected, by the register or by the customer records, and the row of erased persons
select distinct customer_id
from (
    select customer_id, true as objects from objectors
    union all
    select customer_id, objection as objects from objections_of_records
    union all
    select 'erased' as customer_id, $erased as objects
)
where objects and customer_id <> ''
order by customer_id
