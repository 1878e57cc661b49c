-- register/without_objectors.sql: the value table with nothing expected of those who objected since it was made
select exported_run.*
from exported_run
anti join objectors using (customer_id)
union all by name
select
    customer_id,
    first_purchase,
    last_purchase,
    frequency,
    recency,
    "T",
    spend_days,
    monetary_value,
    revenue,
    past,
    past as value,
    'objected' as level
from exported_run
semi join objectors using (customer_id)
