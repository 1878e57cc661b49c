-- value/components/portfolio_tenure.sql: criterion tenure: days from the first to the last purchase
select
    customer_id,
    recency::double as tenure
from judged
where level in ('customer', 'segment')
