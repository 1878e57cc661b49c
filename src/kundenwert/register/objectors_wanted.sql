-- register/objectors_wanted.sql: the numbers under which somebody objected, as written and folded
select distinct
    customer_id,
    folded(customer_id) as folded
from objectors
where customer_id <> ''
