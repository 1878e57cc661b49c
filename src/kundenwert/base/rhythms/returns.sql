-- base/rhythms/returns.sql: each purchase with the silence before it after which the customer counted as lost; null where no model says
select
    known_purchases.number,
    known_purchases.day,
    known_purchases.n,
    known_purchases.gap,
    nullif(silence_limits.lost_after, 'inf'::double)::integer as lost_after
from known_purchases
left join silence_limits
    on known_purchases.gap >= $least
    and known_purchases.n - 2 = silence_limits.frequency
    and known_purchases.day - known_purchases.gap - known_purchases.first_day = silence_limits.recency
