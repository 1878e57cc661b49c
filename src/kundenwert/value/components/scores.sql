-- value/components/scores.sql: scores.parquet: one row a customer and criterion, criterion after criterion, each sorted by customer. A criterion
-- without weight has rows only where something is known
select
    customers.customer_id,
    list.criterion,
    points.points::double as points,
    list.provenance,
    list.share as weight,
    list.basis,
    points.fact_1,
    points.fact_2,
    points.fact_3
from criterion_points as points
inner join criterion_list as list on points.place = list.place and points.code = list.code
inner join criterion_customers as customers on points.row_place = customers.row_place
where list.weight > 0 or list.provenance <> 'missing'
order by points.place, points.row_place
