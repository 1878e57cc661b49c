-- value/components/cross_selling_written.sql: cross_selling.parquet: one row a customer and suggested product group
select customer_id, rank, product_group, chance, expected_db, reason, times
from cross_selling_list
order by customer_id, rank
