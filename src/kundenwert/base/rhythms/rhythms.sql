-- base/rhythms/rhythms.sql: the rhythm of each customer that models see, as known on a day. mean_amount: of a paid purchase
select
    customers.customer_id::varchar as customer_id,
    customers.first_day,
    customers.last_day,
    customers.frequency,
    customers.recency,
    customers.t,
    customers.recent,
    nullif(history_rhythms.p_alive, 'nan'::double) as p_alive,
    history_rhythms.usual_gap,
    history_rhythms.next_gap,
    history_rhythms.expected_purchases,
    nullif(silence_limits.lost_after, 'inf'::double)::integer as lost_after,
    ((customers.spend + customers.first_amount) / nullif(customers.spend_days + (customers.first_amount > 0)::integer, 0))::decimal(18, 2)
        as mean_amount
from customers
inner join history_rhythms
    on customers.frequency = history_rhythms.frequency
    and customers.recency = history_rhythms.recency
    and customers.t = history_rhythms.t
    -- Models of whole histories do not ask for the purchases of the last 365 days.
    and history_rhythms.recent in (customers.recent, -1)
left join silence_limits
    on customers.frequency = silence_limits.frequency
    and customers.recency = silence_limits.recency
where customers.frequency is not null and not customers.is_collective
