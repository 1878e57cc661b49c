-- value/components/completed.sql: the value table with its components; what the value definition adds is part of the value
select everybody.* exclude (added) replace ((value + coalesce(added, 0))::decimal(18, 2) as value)
from (
    select * from all_components
    union all by name
    select * from not_judged
) as everybody
order by customer_id
