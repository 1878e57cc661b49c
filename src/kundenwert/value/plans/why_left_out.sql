-- value/plans/why_left_out.sql: one customer of the run, and whether an objection is the reason why nobody plans for this one
select level = 'objected' or customer_id in (select customer_id from plan_objectors) as objected
from valued_customers
where customer_id = $customer
