-- base/rhythms/silences.sql: the distinct states (repeat purchases, days from the first to the last) after which somebody was silent for long:
-- before a later purchase, and today
select
    n - 2 as frequency,
    day - gap - first_day as recency
from known_purchases
where gap >= $least
union
select
    frequency,
    recency
from numbered_customers
