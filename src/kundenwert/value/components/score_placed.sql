-- value/components/score_placed.sql: what a rule found, by the place of each customer: numbers are joined faster than names
select
    customers.row_place,
    found.points,
    found.measures,
    found.facts[1] as fact_1,
    found.facts[2] as fact_2,
    found.facts[3] as fact_3,
    found.is_weak
from criterion_found as found
inner join criterion_customers as customers on found.customer_id = customers.customer_id
