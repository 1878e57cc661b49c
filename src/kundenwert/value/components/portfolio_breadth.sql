-- value/components/portfolio_breadth.sql: criterion breadth: product groups bought from in the last 365 days
select
    judged.customer_id,
    component_rhythm.product_groups::double as breadth
from judged
inner join component_rhythm using (customer_id)
where judged.level in ('customer', 'segment')
