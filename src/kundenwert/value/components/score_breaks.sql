-- value/components/score_breaks.sql: the scale of each measure: up to about 100 values with the share of customers below and up to each;
-- all values where there are few, else those at which the share passes a whole percent
with counted as (
    select place, value, count(*) as customers from criterion_measured group by place, value
),

summed as (
    select
        place,
        value,
        (sum(customers) over rising - customers)::double / (sum(customers) over whole)::double as below,
        (sum(customers) over rising)::double / (sum(customers) over whole)::double as up_to,
        count(*) over whole as kinds,
        row_number() over rising as rank
    from counted
    window rising as (partition by place order by value rows unbounded preceding), whole as (partition by place)
)

select place::double as place, value, below, up_to
from summed
where kinds <= 101 or rank = 1 or floor(up_to * 100) > floor(below * 100)
order by place, value
