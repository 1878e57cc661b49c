-- value/unrounded_revenue.sql: the booked revenue of each customer before rounding
select customer_id, revenue as amount from customers
