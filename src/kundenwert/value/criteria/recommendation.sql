-- value/criteria/recommendation.sql: how many recommended customers bought, or what the customer answered when asked whether he would
-- recommend us: a promise counts half a deed. None says something only of who has been here for some time.
-- Who objected to being valued is not counted at the recommender either
with brought as (
    select referrals.recommender_id as customer_id, count(distinct referrals.customer_id) as customers
    from ledger_referrals as referrals
    inner join judged on referrals.customer_id = judged.customer_id
    where judged.first_purchase is not null
        and referrals.recommender_id <> referrals.customer_id
        and coalesce(referrals.date, judged.first_purchase) <= $as_of
    group by referrals.recommender_id
),

answers as (
    select
        customer_id,
        date,
        points::double as answer
    from ledger_ratings
    where lower(trim(criterion)) in ('nps', 'weiterempfehlungsbereitschaft', 'weiterempfehlung', 'likelihood to recommend')
        and points is not null
        and $as_of::date - date between 0 and 730
    union all
    select
        customer_id,
        nps_date,
        nps::double
    from ledger_customers
    where nps is not null and coalesce($as_of::date - nps_date between 0 and 730, true)
),

asked as (
    select
        customer_id,
        arg_max(answer, (coalesce(date, date '0001-01-01'), -answer)) / 2 as points
    from answers
    group by customer_id
)

select
    judged.customer_id,
    greatest(10 * (1 - pow(0.5, coalesce(brought.customers, 0))), coalesce(asked.points, 0)) as points,
    null::double[] as measures,
    [coalesce(brought.customers, 0)::double, coalesce(asked.points, 0)] as facts,
    brought.customers is null and asked.points is null as is_weak
from judged
left join brought on judged.customer_id = brought.customer_id
left join asked on judged.customer_id = asked.customer_id
where brought.customers is not null or asked.points is not null or $as_of::date - judged.first_purchase >= $referral_days
