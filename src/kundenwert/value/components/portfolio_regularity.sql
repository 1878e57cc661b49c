-- value/components/portfolio_regularity.sql: criterion regularity: purchases of the last 365 days
select
    judged.customer_id,
    component_rhythm.purchases_year::double as regularity
from judged
inner join component_rhythm using (customer_id)
where judged.level in ('customer', 'segment')
