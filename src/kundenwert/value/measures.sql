-- value/measures.sql: the values that concentration is measured on, and how many customers have each
select coalesce(clv::double, expected_purchases) as value, count(*) as customers
from valued_customers
where level in ('customer', 'segment')
group by all
order by value desc
