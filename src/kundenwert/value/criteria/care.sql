-- value/criteria/care.sql: cost to serve over net revenue of all years; where nothing is left of the revenue, the cost alone
with sums as (
    select
        customer_id,
        sum(marketing + sales + service + logistics)::double as cost,
        sum(net)::double as net
    from contribution
    where unallocated is null and customer_id is not null
    group by customer_id
)

select
    customer_id,
    null::double as points,
    [-round(cost / greatest(net, 1), 9)] as measures,
    [cost, net] as facts,
    false as is_weak
from sums
where cost is not null and (net > 0 or cost > 0)
