-- value/components/potential_leads.sql: leads as known on the as-of day: open ones, how many of the older ones became customers, and what these
-- buy in a year
with known as (
    select
        date > $as_of::date - $offer_days::integer as is_young,
        bought.first_purchase is not null as is_won,
        component_peers.revenue_year
    from ledger_leads
    left join judged as bought
        on ledger_leads.customer_id = bought.customer_id and bought.first_purchase <= $as_of::date
    left join component_peers on bought.customer_id = component_peers.customer_id
    where date <= $as_of::date
)

select
    count(*) filter (where is_young and not is_won)::integer as open,
    count(*) filter (where not is_young)::integer as older,
    count(*) filter (where not is_young and is_won)::integer as won,
    (coalesce(sum(revenue_year) filter (where not is_young and is_won), 0)
    / nullif(count(*) filter (where not is_young and is_won), 0))::decimal(18, 2) as revenue_each
from known
