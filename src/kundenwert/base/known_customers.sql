-- base/known_customers.sql: the history of each customer that models see, by id
select
    customer_id::varchar as customer_id,
    frequency::bigint as frequency,
    recency::bigint as recency,
    t::bigint as t
from customers
where frequency is not null and not is_collective
order by customer_id
