-- value/components/cross_selling_customers.sql: the judged customers, from 0 on in the order of their numbers
select
    row_number() over (order by customer_id)::integer - 1 as place,
    customer_id
from judged
order by customer_id
