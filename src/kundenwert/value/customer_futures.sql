-- value/customer_futures.sql: the history of each customer that models see, by its number in `futures`
select customers.customer_id::varchar as customer_id, future_keys.future
from customers
inner join future_keys
    on customers.frequency = future_keys.frequency
    and customers.recency = future_keys.recency
    and customers.t = future_keys.t
    and future_keys.recent in (customers.recent, -1)
where customers.frequency is not null and not customers.is_collective
