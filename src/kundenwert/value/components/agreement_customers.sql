-- value/components/agreement_customers.sql: the customers whose measures are compared, numbered in the order of their ids
select
    (row_number() over (order by customer_id) - 1)::bigint as place,
    customer_id,
    revenue,
    db1,
    db2,
    db3,
    db4,
    past,
    clv,
    value,
    rfm_recency + rfm_frequency + rfm_money as rfm,
    score
from agreement_read
where level <> 'none'
