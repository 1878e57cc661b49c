-- register/proxy_values.sql: one input of the drawn customers, in their order; empty where it is not known
select proxy_input.value
from proxy_customers
left join proxy_input using (customer_id)
order by proxy_customers.place
