-- base/days_of.sql: one customer's days with a purchase up to the as-of day
select day
from purchase_days
where is_purchase and customer_id::varchar = $customer and day <= $as_of
order by day
