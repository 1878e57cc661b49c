-- value/components/referral.sql: what the recommended customers of each customer are worth, attributed, never added to the own value
with summed as (
    select
        recommender_id as customer_id,
        count(*) as referrals,
        sum((share * (past + clv))::decimal(18, 2)) as attributed,
        sum(($saved::decimal(18, 6) - coalesce(cost, 0))::decimal(18, 2)) as saved,
        bool_or(type = 'unknown') as is_assumed
    from came_by_recommendation
    group by recommender_id
)

select
    judged.customer_id,
    summed.referrals::integer as referrals,
    summed.attributed::decimal(18, 2) as referral_attributed,
    summed.saved::decimal(18, 2) as referral_saved,
    (summed.attributed + coalesce(summed.saved, 0))::decimal(18, 2) as referral_value,
    case when summed.is_assumed then 'assumed' else 'known' end as referral_basis
from judged
inner join summed using (customer_id)
