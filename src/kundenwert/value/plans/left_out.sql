-- value/plans/left_out.sql: how many customers of the run are not planned for, by the first reason that holds
select
    count(*) filter (where reason = 'objected') as objected,
    count(*) filter (where reason = 'collective') as collective,
    count(*) filter (where reason = 'no_forecast') as no_forecast
from (
    select
        case
            when level = 'objected' or customer_id in (select customer_id from plan_objectors) then 'objected'
            when list_contains(getvariable('collective')::varchar[], customer_id) then 'collective'
            when level = 'none' and customer_id <> 'erased' then 'no_forecast'
        end as reason
    from valued_customers
)
