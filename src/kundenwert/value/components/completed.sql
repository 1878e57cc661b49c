-- value/components/completed.sql: the value table with its components; what the value definition adds is part of the value
select all_components.* exclude (added) replace ((value + coalesce(added, 0))::decimal(18, 2) as value)
from all_components
order by customer_id
