-- value/contribution/known_near.sql: ids of the customer result that look like the one asked for
select customer_id
from (select distinct customer_id from contribution where customer_id is not null)
order by jaro_winkler_similarity(customer_id, $customer) desc, customer_id
limit 5
