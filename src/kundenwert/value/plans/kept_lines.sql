-- value/plans/kept_lines.sql: the first lines of a plan that still hold, in their order, with name and address of whom they mean
select plan_columns.*, plan_addresses.* exclude (customer_id)
from plan_columns
left join plan_addresses using (customer_id)
where plan_columns.record not in (select record from plan_struck)
order by plan_columns.record
limit $most
