-- value/contribution/with_steps.sql: the value table with contribution I to IV
select at_levels.*, db1, db2, db3, db4
from at_levels
left join contribution_by_customer using (customer_id)
