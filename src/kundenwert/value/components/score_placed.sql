-- value/components/score_placed.sql: what a rule found, by the place of each customer: places are laid side by side, names are looked for
select
    customers.row_place,
    found.points::double as points,
    found.measures[1]::double as measure_1,
    found.measures[2]::double as measure_2,
    found.measures[3]::double as measure_3,
    found.facts[1]::double as fact_1,
    found.facts[2]::double as fact_2,
    found.facts[3]::double as fact_3,
    found.is_weak::integer as is_weak
from criterion_found as found
inner join criterion_customers as customers on found.customer_id = customers.customer_id
