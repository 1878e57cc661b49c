-- value/measures.sql: the one column that concentration is measured on, of customers that have it
select coalesce(clv::double, expected_purchases) as value
from valued_customers
where level <> 'none'
order by value desc
