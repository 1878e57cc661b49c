-- base/plain_days.sql: one row a customer and day up to a day, in a log where each line is a paid purchase; null without amounts.
-- Money is summed in whole millionths held in doubles: exact in any order.
select
    customer_id,
    day,
    sum(round(amount::double * 1000000)) as millionths
from booked
where day <= getvariable('days_until')::integer
group by customer_id, day
