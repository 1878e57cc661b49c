-- value/components/loyalty_years.sql: for how many years, at the pace of the forecast horizon, each customer goes on buying if still one
select customer_futures.customer_id, nullif(futures.years_left, 'nan'::double) as years
from customer_futures
inner join futures using (future)
