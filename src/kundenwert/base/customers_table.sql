-- base/customers_table.sql: the customer base as people who reckon with it want it: days as dates, spend as mean
select
    customer_id::varchar as customer_id,
    date '1970-01-01' + first_day as first_purchase,
    date '1970-01-01' + last_day as last_purchase,
    frequency,
    recency,
    t as "T",
    spend_days,
    case when spend_days > 0 then spend::double / spend_days end as monetary_value,
    revenue::double as revenue
from customers
order by customer_id
