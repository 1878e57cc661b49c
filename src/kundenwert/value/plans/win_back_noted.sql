-- value/plans/win_back_noted.sql: what was noted of each customer from 90 days before the last purchase on: which reason of the catalogue its
-- words mean. A complaint counts if it was handled badly; one that says nothing else is about service. place: of records of one day the first
with noted as (
    -- Where nobody notes settlements, an open complaint says nothing.
    select count(resolved_on) > 0 as has_settlements from ledger_complaints
),

told as (
    select customer_id, date as day, 1 as place, 'contact' as source, '' as fallback, concat_ws(' ', purpose, outcome) as words
    from ledger_contacts
    union all
    select customer_id, coalesce(cancelled_on, "end") as day, 2 as place, 'contract' as source, 'contract' as fallback, status as words
    from ledger_contracts
    where coalesce("end", cancelled_on) <= $as_of
    union all
    select customer_id, date as day, 3 as place, 'complaint' as source, 'service' as fallback, category as words
    from ledger_complaints
    cross join noted
    where satisfaction <= 2
        or (has_settlements and least(coalesce(resolved_on, date '9999-12-31'), $as_of::date) - date > 14)
    union all
    select customer_id, coalesce(decided_on, date) as day, 4 as place, 'offer' as source, '' as fallback, reason as words
    from ledger_offers
    where outcome = 'lost'
),

around as (
    select
        told.*,
        valued_customers.last_purchase,
        row_number() over () as record
    from told
    inner join plan_customers using (customer_id)
    inner join valued_customers using (customer_id)
    where told.day <= $as_of and told.day >= valued_customers.last_purchase - 90
),

meant as (
    select
        around.record,
        arg_min(win_back_words.reason, win_back_words.place) as reason
    from around
    inner join win_back_words on contains(lower(around.words), win_back_words.word)
    group by around.record
)

select
    around.customer_id,
    around.day,
    around.place,
    around.source,
    around.day >= around.last_purchase as is_since,
    coalesce(meant.reason, around.fallback) as reason
from around
left join meant using (record)
where coalesce(meant.reason, around.fallback) <> ''
