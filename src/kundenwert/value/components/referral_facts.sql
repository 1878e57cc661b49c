-- value/components/referral_facts.sql: recommenders and what their customers are worth; past and clv of these are their own
with shown as (
    select came.*
    from came_by_recommendation as came
    inner join component_referral on came.recommender_id = component_referral.customer_id
)

select
    (select count(*) from component_referral) as recommenders,
    (select count(*) from came_by_recommendation) - count(*) as recommenders_not_judged,
    count(*) as customers,
    count(*) filter (where type = 'new') as new,
    count(*) filter (where type = 'anyway') as anyway,
    count(*) filter (where type = 'unknown') as unknown,
    coalesce(sum(past), 0)::decimal(18, 2) as past,
    coalesce(sum(clv), 0)::decimal(18, 2) as clv,
    (select coalesce(sum(referral_attributed), 0)::decimal(18, 2) from component_referral) as attributed,
    (select sum(referral_saved)::decimal(18, 2) from component_referral) as saved,
    (select coalesce(sum(referral_value), 0)::decimal(18, 2) from component_referral) as value,
    count(*) filter (where cost is null) as without_cost
from shown
