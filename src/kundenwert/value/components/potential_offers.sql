-- value/components/potential_offers.sql: each offer as known on the as-of day: won, lost, or open and not older than $offer_days; others are
-- left out, since nobody knows what became of them
with known as (
    select
        customer_id,
        amount,
        coalesce(stage, '') as stage,
        case
            when outcome in ('won', 'lost') and coalesce(decided_on, date) <= $as_of::date then outcome
            when date > $as_of::date - $offer_days::integer and (outcome is null or outcome = 'open' or decided_on > $as_of::date) then 'open'
        end as standing
    from ledger_offers
    where date <= $as_of::date
)

select * from known where standing is not null
