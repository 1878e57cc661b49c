-- value/criteria/recommendation.sql: how many recommended customers bought; none says something only of who has been here for some time.
-- Who objected to being valued is not counted at the recommender either
with brought as (
    select referrals.recommender_id as customer_id, count(distinct referrals.customer_id) as customers
    from ledger_referrals as referrals
    inner join judged on referrals.customer_id = judged.customer_id
    where judged.first_purchase is not null
        and referrals.recommender_id <> referrals.customer_id
        and coalesce(referrals.date, judged.first_purchase) <= $as_of
    group by referrals.recommender_id
)

select
    judged.customer_id,
    10 * (1 - pow(0.5, coalesce(brought.customers, 0))) as points,
    null::double[] as measures,
    [coalesce(brought.customers, 0)::double] as facts,
    brought.customers is null as is_weak
from judged
left join brought on judged.customer_id = brought.customer_id
where brought.customers is not null or $as_of::date - judged.first_purchase >= $referral_days
