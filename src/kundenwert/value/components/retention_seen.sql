-- value/components/retention_seen.sql: contracts that began a year before the as-of day or earlier: from so many it was counted how they last
select count(distinct contract_id) as contracts
from ledger_contracts
where start <= $as_of::date - 365
