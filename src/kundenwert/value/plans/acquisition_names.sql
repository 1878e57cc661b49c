-- value/plans/acquisition_names.sql: the names of all that customers won and leads belong to, with a code each: capitals make no difference
with named as (
    select 'channel' as key, channel as name from plan_won
    union all
    select 'channel', source from plan_leads
    union all
    select 'industry', industry from plan_won
    union all
    select 'industry', industry from plan_leads
    union all
    select 'region', region from plan_won
    union all
    select 'region', region from plan_leads
    union all
    select 'quarter', quarter from plan_won
    union all
    select 'product', coalesce(product, '') from plan_won left join plan_won_product using (customer_id)
)

select key, lower(name) as folded, min(name) as name, (row_number() over (partition by key order by lower(name)) - 1)::integer as code
from named
group by key, folded
order by key, code
