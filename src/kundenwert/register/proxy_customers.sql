-- register/proxy_customers.sql: the customers whom proxies are looked for among: at most $most who have a forecast and of whom the attribute
-- is known, drawn without regard to anything, numbered from 0
with drawn as (
    select
        valued_customers.customer_id::varchar as customer_id,
        proxy_known.cell
    from valued_customers
    inner join proxy_known on proxy_known.customer_id = valued_customers.customer_id::varchar
    anti join objectors on objectors.customer_id = valued_customers.customer_id::varchar
    where valued_customers.level in ('customer', 'segment')
    order by md5('proxy' || valued_customers.customer_id::varchar)
    limit $most
)

select
    row_number() over (order by customer_id) - 1 as place,
    customer_id,
    cell
from drawn
order by place
