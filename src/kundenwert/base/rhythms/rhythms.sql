-- base/rhythms/rhythms.sql: the rhythm of each customer that models see, as known on a day. mean_amount: of a paid purchase
select
    numbered_customers.number,
    numbered_customers.customer_id::varchar as customer_id,
    numbered_customers.first_day,
    numbered_customers.last_day,
    numbered_customers.frequency,
    numbered_customers.recency,
    numbered_customers.t,
    numbered_customers.recent,
    nullif(history_rhythms.p_alive, 'nan'::double) as p_alive,
    history_rhythms.usual_gap,
    history_rhythms.next_gap,
    history_rhythms.expected_purchases,
    nullif(history_rhythms.buys_again, 'nan'::double) as buys_again,
    nullif(history_rhythms.stays, 'nan'::double) as stays,
    nullif(history_rhythms.buys_spread, 'nan'::double) as buys_spread,
    nullif(history_rhythms.stays_spread, 'nan'::double) as stays_spread,
    nullif(silence_limits.lost_after, 'inf'::double)::integer as lost_after,
    ((numbered_customers.spend + numbered_customers.first_amount) / nullif(numbered_customers.spend_days + (numbered_customers.first_amount > 0)::integer, 0))::decimal(18, 2)
        as mean_amount
from numbered_customers
inner join history_rhythms
    on numbered_customers.frequency = history_rhythms.frequency
    and numbered_customers.recency = history_rhythms.recency
    and numbered_customers.t = history_rhythms.t
    -- Models of whole histories do not ask for the purchases of the last 365 days.
    and history_rhythms.recent in (numbered_customers.recent, -1)
left join silence_limits
    on numbered_customers.frequency = silence_limits.frequency
    and numbered_customers.recency = silence_limits.recency
