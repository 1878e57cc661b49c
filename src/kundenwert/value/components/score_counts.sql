-- value/components/score_counts.sql: where the points of each criterion come from
with counted as (
    select place, code, count(*) as customers from criterion_points group by place, code
)

select list.criterion, list.provenance, sum(counted.customers)::bigint as customers
from counted
inner join criterion_list as list on counted.place = list.place and counted.code = list.code
group by list.criterion, list.provenance
order by list.criterion, list.provenance
