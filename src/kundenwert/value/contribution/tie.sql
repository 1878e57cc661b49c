-- value/contribution/tie.sql: what must be equal: revenue and contribution of the customers here and in the ledger, rounded once
select
    coalesce(sum(revenue) filter (where unallocated is null), 0) as revenue,
    coalesce(sum(db1 + cash_discount) filter (where unallocated is null), 0) as past
from contribution
