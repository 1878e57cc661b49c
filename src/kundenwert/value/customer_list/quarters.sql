-- value/customer_list/quarters.sql: booked revenue of each customer in each of the eight quarters of a year that end on the as-of day
select
    customer_id::varchar as customer_id,
    sum(amount) filter (where day > $day_0 and day <= $day_1)::double as quarter_1,
    sum(amount) filter (where day > $day_1 and day <= $day_2)::double as quarter_2,
    sum(amount) filter (where day > $day_2 and day <= $day_3)::double as quarter_3,
    sum(amount) filter (where day > $day_3 and day <= $day_4)::double as quarter_4,
    sum(amount) filter (where day > $day_4 and day <= $day_5)::double as quarter_5,
    sum(amount) filter (where day > $day_5 and day <= $day_6)::double as quarter_6,
    sum(amount) filter (where day > $day_6 and day <= $day_7)::double as quarter_7,
    sum(amount) filter (where day > $day_7 and day <= $day_8)::double as quarter_8,
    sum(amount) filter (where day > $day_4 and day <= $day_8)::decimal(18, 2) as revenue_year
from booked
where day > $day_0 and day <= $day_8
group by customer_id
