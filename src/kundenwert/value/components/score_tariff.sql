-- value/components/score_tariff.sql: points times the amount a point and year times the annuity, of the criteria that have a tariff
select
    customer_id,
    (sum(points * tariff)::double * $factor)::decimal(18, 2) as money,
    null::decimal(18, 2) as lower,
    null::decimal(18, 2) as upper
from criterion_points
where points is not null and tariff <> 0
group by customer_id
