-- value/customer_list/earlier.sql: what each customer was worth in the run before; only those who were valued themselves then
select
    customer_id::varchar as customer_id,
    value as value_before
from earlier_customers
where level in ('customer', 'segment', 'none')
