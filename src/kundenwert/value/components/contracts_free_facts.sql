-- value/components/contracts_free_facts.sql: how many contracts without a fee there were, turned into paid ones, ended, and how long they ran
select
    count(*) as contracts,
    count(*) filter (where is_converted) as converted,
    count(*) filter (where is_over and not is_converted) as ended,
    coalesce(sum(days), 0)::bigint as days
from contracts_free
