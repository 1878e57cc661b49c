-- value/contribution/cost_to_serve.sql: whether anything is known of cost to serve, and whether visits may be told twice
select
    count(amount) > 0 as is_known,
    coalesce(bool_or(source = 'contacts' and amount <> 0), false)
    and coalesce(bool_or(source = 'activities' and amount <> 0 and stage = 'sales' and cause = 'visits'), false) as may_be_twice
from cost_lines
