-- value/components/score_tariff.sql: points times the amount a point and year times the annuity, of the criteria that have a tariff
with each as (
    select points.row_place, sum(points.points * list.tariff)::double as a_year
    from criterion_points as points
    inner join criterion_list as list on points.place = list.place and points.code = list.code
    where points.points is not null and list.tariff <> 0
    group by points.row_place
)

select
    customers.customer_id,
    (each.a_year * $factor)::decimal(18, 2) as money,
    null::decimal(18, 2) as lower,
    null::decimal(18, 2) as upper
from each
inner join criterion_customers as customers on each.row_place = customers.row_place
