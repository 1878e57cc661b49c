-- value/contribution/loss_summary.sql: customers with a negative db4 by the cause that costs most above the usual
select
    if(excess > 0, cause, 'none') as cause,
    count(*) as customers,
    -sum(loss)::decimal(24, 2) as db4,
    sum(greatest(excess, 0))::decimal(24, 2) as excess
from loss_causes
where place = 1
group by all
order by customers desc, cause
