-- value/contribution/loss_makers.sql: the customers with the largest losses, each with its five possible causes, the dearest first
with listed as (
    select customer_id, gross, revenue, net, db1, db2, db3, db4
    from period
    where db4 < 0 and customer_id not in (select customer_id from left_out)
    order by db4, customer_id
    limit $count
)

select
    listed.*,
    cause,
    place,
    cost::decimal(18, 2) as cost,
    usual::decimal(18, 2) as usual,
    excess::decimal(18, 2) as excess,
    units,
    target
from listed
inner join loss_causes using (customer_id)
order by db4, customer_id, place
