-- value/components/recommendation.sql: of each customer the cohort, whether the first purchase was repeated in time, whether a
-- recommendation brought him, and whether the last complaint was followed by a purchase
with entered as (
    select
        rhythm_now.customer_id,
        rhythm_now.first_day,
        -- Whoever was a customer before the log begins did not buy for the first time when it begins.
        coalesce(
            least(records.acquired_on, date '1970-01-01' + rhythm_now.first_day), date '1970-01-01' + rhythm_now.first_day
        ) as entered_on,
        coalesce(records.acquired_on < date '1970-01-01' + $log_begins::integer, false) as is_older,
        second.gap
    from rhythm_now
    left join purchases_now as second on rhythm_now.number = second.number and second.n = 2
    left join ledger_customers as records on rhythm_now.customer_id = records.customer_id
),

came as (
    select distinct ledger_referrals.customer_id
    from ledger_referrals
    inner join entered on ledger_referrals.customer_id = entered.customer_id
    where ledger_referrals.recommender_id <> ledger_referrals.customer_id
        and coalesce(ledger_referrals.date, date '0001-01-01') <= $as_of
        and coalesce(ledger_referrals.date, date '0001-01-01') <= date '1970-01-01' + entered.first_day + 30
),

complained as (
    select
        customer_id,
        arg_max(was_followed, (day, complaint)) as was_followed
    from followed_complaints
    group by customer_id
),

reviewed as (
    select customer_id, count(*) as reviews
    from (
        select customer_id from ledger_contacts where date <= $as_of and list_contains($reviews, lower(trim(purpose)))
        union all
        select customer_id from ledger_activities where date <= $as_of and list_contains($reviews, lower(trim(driver)))
    )
    group by customer_id
)

select
    judged.customer_id,
    case
        when entered.is_older then 'earlier'
        when $by_quarter::boolean then strftime(entered.entered_on, '%Y') || '-Q' || quarter(entered.entered_on)::varchar
        else strftime(entered.entered_on, '%Y')
    end as cohort,
    case
        when entered.is_older then null
        when entered.gap <= $window::integer then true
        when entered.first_day + $window::integer <= $now::integer then false
    end as repurchased,
    -- How older customers came was noted of some at best.
    case
        when not $has_referrals::boolean then null
        when came.customer_id is not null then true
        when not entered.is_older then false
    end as came_recommended,
    complained.was_followed as complaint_followed,
    reviewed.reviews::integer as reviews,
    (reviewed.reviews * $review_worth::double)::decimal(18, 2) as reviews_value
from judged
left join entered on judged.customer_id = entered.customer_id
left join came on judged.customer_id = came.customer_id
left join complained on judged.customer_id = complained.customer_id
left join reviewed on judged.customer_id = reviewed.customer_id
where entered.customer_id is not null or complained.was_followed is not null or reviewed.reviews is not null
