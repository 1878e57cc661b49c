-- value/with_level.sql: the value table with the bounds at one more level
select at_levels.*, level_columns.* exclude (of_customer)
from at_levels
inner join level_columns on at_levels.customer_id = level_columns.of_customer
