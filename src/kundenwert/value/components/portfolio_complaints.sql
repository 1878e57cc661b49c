-- value/components/portfolio_complaints.sql: criterion complaints: complaints an order
select
    customer_id,
    complaints_per_order::double as complaints
from customer_features
where complaints_per_order is not null
