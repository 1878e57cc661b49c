-- value/components/portfolio_customers.sql: who stands in the portfolio, each with a place
select
    customer_id,
    (row_number() over (order by customer_id) - 1)::integer as place
from judged
where level in ('customer', 'segment')
