-- value/contribution/with_first_step.sql: the value table with contribution I, where nothing is known of cost to serve
select at_levels.*, db1
from at_levels
left join contribution_by_customer using (customer_id)
