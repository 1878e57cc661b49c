-- value/contributions_settled.sql: booked contribution where only one margin for all is known: all of it is estimated
select
    customer_id,
    (revenue::double * $margin)::decimal(24, 6) as past,
    (revenue::double * $margin)::decimal(24, 6) as estimated,
    revenue
from customers
