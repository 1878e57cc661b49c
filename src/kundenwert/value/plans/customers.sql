-- value/plans/customers.sql: who may be planned for: neither who objected nor many under one number, and only who has a forecast of their own
select valued_customers.*
from valued_customers
where level not in ('objected', 'none')
    and customer_id <> 'erased'
    and not list_contains(getvariable('collective')::varchar[], customer_id)
    and customer_id not in (select customer_id from plan_objectors)
