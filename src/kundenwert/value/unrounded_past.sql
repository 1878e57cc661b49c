-- value/unrounded_past.sql: the booked contribution of each customer before rounding
select customer_id, past as amount from contributions
