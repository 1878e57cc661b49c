-- value/near_ids.sql: ids that look like the one asked for
select customer_id
from valued_customers
order by jaro_winkler_similarity(customer_id, $customer) desc, customer_id
limit 5
