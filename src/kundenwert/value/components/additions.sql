-- value/components/additions.sql: what the components of the value definition add to the value of a customer
select customer_id, sum(amount)::decimal(18, 2) as added from addable group by customer_id
