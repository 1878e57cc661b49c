-- value/plans/columns.sql: what a decision asks to know of each customer, by number
select * from plan_chosen order by customer_id
