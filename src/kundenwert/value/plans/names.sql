-- value/plans/names.sql: name and place of the customers that are asked for, once each
select
    customer_id::varchar as customer_id,
    coalesce(any_value(name), '') as name,
    coalesce(any_value(city), '') as city
from records_now
where customer_id in (select customer_id from plan_lines)
group by customer_id
