-- value/components/price_gap_facts.sql: how many pay less than others, and what that comes to; money as text
select
    count(*)::integer as customers,
    count(*) filter (where price_gap > 0)::integer as below,
    coalesce(sum(price_gap), 0)::varchar as price_gap,
    sum(price_gap_change)::varchar as change
from component_price_gap
