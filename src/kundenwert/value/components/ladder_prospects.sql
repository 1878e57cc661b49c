-- value/components/ladder_prospects.sql: who has not bought yet but is known: leads, offers, customer records without a line. Somebody known
-- from several of them counts once; who said no everywhere is no prospect any more. came: leads, and those of them who bought
with leads as (
    select
        coalesce(customer_id, 'lead ' || lead_id) as person,
        lead_id,
        not regexp_matches(
            lower(coalesce(stage, '')), 'verlor|lost|absag|abgesagt|abgelehnt|disqual|kein interesse|kein bedarf|no need|dead|erledigt'
        ) as is_open
    from ledger_leads
    where coalesce(date, date '1970-01-01') <= date '1970-01-01' + $now::integer
),

offers as (
    select
        coalesce(ledger_offers.customer_id, leads.person, 'lead ' || ledger_offers.lead_id) as person,
        coalesce(ledger_offers.outcome, 'open') = 'open' or coalesce(ledger_offers.decided_on > date '1970-01-01' + $now::integer, false) as is_open
    from ledger_offers
    left join leads using (lead_id)
    where coalesce(ledger_offers.date, date '1970-01-01') <= date '1970-01-01' + $now::integer
),

records as (
    select
        customer_id as person,
        true as is_open
    from ledger_customers
    where coalesce(acquired_on, date '1970-01-01') <= date '1970-01-01' + $now::integer
),

known as (
    select
        person,
        bool_or(is_open) as is_open
    from (
        select person, is_open from leads
        union all
        select person, is_open from offers where person is not null
        union all
        select person, is_open from records
    )
    group by person
)

select
    count(*) filter (where is_open) as prospects,
    count(*) filter (where not is_open) as declined,
    (select count(distinct person) from leads) as leads,
    (select count(distinct leads.person) from leads inner join rhythm_now on leads.person = rhythm_now.customer_id) as leads_who_bought
from known
-- Customers with booked lines are past this rung, and nobody who objected is counted as a prospect.
anti join valued_customers on known.person = valued_customers.customer_id
where known.person not in (select customer_id from ledger_customers where objection)
