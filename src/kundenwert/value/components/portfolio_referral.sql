-- value/components/portfolio_referral.sql: criterion referral: persons recommended who bought
select
    judged.customer_id,
    coalesce(component_ladder.recommended, 0)::double as referral
from judged
left join component_ladder using (customer_id)
where judged.level in ('customer', 'segment')
