-- value/components/recommendation_year.sql: repurchase, recommendation and recommended new customers of the last 12 months
with bounds as (
    select
        $now::integer as last_day,
        ($as_of::date - interval 12 month)::date - date '1970-01-01' as year_ago,
        ($as_of::date - interval 24 month)::date - date '1970-01-01' as two_years_ago
),

bought as (
    select
        purchases_now.number,
        bool_or(purchases_now.day > bounds.two_years_ago and purchases_now.day <= bounds.year_ago) as before,
        bool_or(purchases_now.day > bounds.year_ago) as since
    from purchases_now
    cross join bounds
    group by purchases_now.number
),

recommended as (
    select distinct ledger_referrals.recommender_id as customer_id
    from ledger_referrals
    inner join rhythm_now on ledger_referrals.customer_id = rhythm_now.customer_id
    where ledger_referrals.date between ($as_of::date - interval 12 month)::date + 1 and $as_of
        and ledger_referrals.recommender_id <> ledger_referrals.customer_id
),

entered as (
    select
        rhythm_now.customer_id,
        coalesce(least(records.acquired_on - date '1970-01-01', rhythm_now.first_day), rhythm_now.first_day) as day,
        told.came_recommended
    from rhythm_now
    inner join component_recommendation as told on rhythm_now.customer_id = told.customer_id
    left join ledger_customers as records on rhythm_now.customer_id = records.customer_id
)

select
    count(*) filter (where bought.before) as before,
    count(*) filter (where bought.before and bought.since) as again,
    count(*) filter (where bought.since) as customers,
    count(recommended.customer_id) filter (where bought.since) as recommenders,
    (select count(*) from entered cross join bounds where entered.day > bounds.year_ago) as new,
    (select count(*) from entered cross join bounds where entered.day > bounds.year_ago and entered.came_recommended) as recommended
from bought
inner join rhythm_now using (number)
left join recommended on rhythm_now.customer_id = recommended.customer_id
