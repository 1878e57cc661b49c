-- value/plans/development_decided.sql: how many offers were decided until the day, and how many of them won
select
    count(*)::double as decided,
    (count(*) filter (where outcome = 'won'))::double as won
from ledger_offers
where outcome in ('won', 'lost') and coalesce(decided_on, date) <= $as_of
