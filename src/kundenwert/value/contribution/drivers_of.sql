-- value/contribution/drivers_of.sql: what was counted of one customer in a year, and what it cost
select
    sum(visits)::double as visits,
    sum(visit_cost)::double as visit_cost,
    sum("returns")::double as "returns",
    sum(return_cost)::double as return_cost,
    sum(complaints)::double as complaints,
    sum(complaint_cost)::double as complaint_cost
from contribution
where customer_id = $customer and "year" = $year
having count(*) > 0
