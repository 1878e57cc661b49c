-- value/components/cross_selling_of.sql: what one customer is likely to buy next, the likeliest first
select rank, product_group, chance, expected_db, coalesce(reason, '') as reason, times
from suggestions
where customer_id = $customer
order by rank
