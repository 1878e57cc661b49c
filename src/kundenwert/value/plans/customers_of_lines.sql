-- value/plans/customers_of_lines.sql: who stands in the lines of a plan, once each
select distinct customer_id from plan_lines
