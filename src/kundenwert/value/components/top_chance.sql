-- value/components/top_chance.sql: the chance of each customer to be among the most valuable
select top_chance_customers.customer_id, round(top_chances.chance, 6) as top_tenth_chance
from top_chance_customers
inner join top_chances using (place)
