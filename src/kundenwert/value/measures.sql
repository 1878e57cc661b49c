-- value/measures.sql: the one column that concentration is measured on, of customers that have it
select coalesce(clv::double, expected_purchases) as value
from valued_customers
where level in ('customer', 'segment')
order by value desc
