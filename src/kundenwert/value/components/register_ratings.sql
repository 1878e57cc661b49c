-- value/components/register_ratings.sql: ratings of the register with points as numbers
select
    customer_id,
    criterion,
    points_as_text::decimal(6, 3) as points,
    reason,
    rated_by,
    rated_at
from ratings_as_text
where customer_id <> ''
