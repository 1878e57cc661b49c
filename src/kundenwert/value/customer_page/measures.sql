-- value/customer_page/measures.sql: what customers are ranked by, from low to high: clv, without money expected purchases
select coalesce(clv::double, expected_purchases) as measure
from valued_customers
where level in ('customer', 'segment') and coalesce(clv::double, expected_purchases) is not null
order by measure
