-- value/screens/names_of.sql: the names of some customers, as the customer records have them
select
    customer_id,
    any_value(nullif(trim(name), '')) as name
from ledger_customers
where customer_id in (select unnest($wanted::varchar[]))
group by customer_id
