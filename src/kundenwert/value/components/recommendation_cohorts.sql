-- value/components/recommendation_cohorts.sql: each cohort with its customers, how many bought again in time, recommended somebody who
-- bought, and came by recommendation themselves
with recommenders as (
    select distinct ledger_referrals.recommender_id as customer_id
    from ledger_referrals
    inner join rhythm_now on ledger_referrals.customer_id = rhythm_now.customer_id
    where ledger_referrals.recommender_id <> ledger_referrals.customer_id
        and coalesce(ledger_referrals.date, date '0001-01-01') <= $as_of
)

select
    told.cohort,
    count(*) as customers,
    -- Only those whose time is over: of the others only the quick ones would be known.
    count(told.repurchased) filter (where rhythm_now.first_day + $window::integer <= $now::integer) as observed,
    count(*) filter (where told.repurchased and rhythm_now.first_day + $window::integer <= $now::integer) as again,
    count(recommenders.customer_id) as recommenders,
    count(*) filter (where told.came_recommended) as recommended,
    count(*) filter (where told.cohort <> 'earlier' and told.came_recommended is not null) as known
from component_recommendation as told
inner join rhythm_now on told.customer_id = rhythm_now.customer_id
left join recommenders on told.customer_id = recommenders.customer_id
where told.cohort is not null
group by told.cohort
order by told.cohort <> 'earlier', told.cohort
