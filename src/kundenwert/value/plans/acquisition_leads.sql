-- value/plans/acquisition_leads.sql: each lead as known on the day: won, lost or open, and whether it reached an offer. Who became a customer
-- is won; an offer decided speaks for its lead. Leads of customers who may not be planned for are left out, open ones too
with offered as (
    select
        lead_id,
        bool_or(outcome = 'won' and coalesce(decided_on, date) <= $as_of) as is_won,
        bool_and(outcome = 'lost' and coalesce(decided_on, date) <= $as_of) as is_lost
    from ledger_offers
    where date <= $as_of and lead_id is not null
    group by lead_id
),

told as (
    select
        leads.lead_id,
        leads.customer_id,
        leads.date,
        coalesce(trim(leads.source), '') as source,
        coalesce(trim(leads.industry), '') as industry,
        coalesce(trim(leads.region), '') as region,
        coalesce(trim(leads.stage), '') as stage,
        offered.lead_id is not null as has_offer,
        offered.is_won,
        offered.is_lost,
        lower(trim(leads.stage)) as word
    from ledger_leads as leads
    left join offered using (lead_id)
    where leads.date <= $as_of
)

select
    told.lead_id,
    told.source,
    told.industry,
    told.region,
    told.stage,
    ($as_of::date - told.date)::integer as age,
    case
        when told.customer_id is not null or told.is_won
            or told.word in ('gewonnen', 'kunde', 'auftrag', 'konvertiert', 'abgeschlossen', 'won', 'closed won', 'closedwon', 'converted', 'customer')
            then 'won'
        when told.is_lost
            or told.word in (
                'verloren', 'abgelehnt', 'absage', 'abgesagt', 'disqualifiziert', 'unqualifiziert', 'kein interesse', 'erledigt', 'tot',
                'lost', 'closed lost', 'closedlost', 'rejected', 'disqualified', 'unqualified', 'not interested', 'dead'
            )
            then 'lost'
        else 'open'
    end as state,
    if(told.has_offer or told.word in ('angebot', 'angeboten', 'offer', 'quote', 'quotation', 'proposal'), 'offer', 'lead') as reached
from told
where told.customer_id is null or told.customer_id in (select customer_id from plan_customers)
