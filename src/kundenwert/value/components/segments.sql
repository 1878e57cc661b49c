-- value/components/segments.sql: each customer's own segment, its size and its mean residual value
select
    customer_id,
    if(name is null, null, grouping) as segment_by,
    name as segment_name,
    if(name is null, null, count(*) over members)::bigint as segment_customers,
    if(name is null, null, sum(clv) over members / count(clv) over members)::decimal(18, 2) as segment_mean_clv
from segments_known
where grouping = $first
window members as (partition by name)
order by customer_id
