-- value/components/peers_facts.sql: by what customers were compared: how many, in how many groups, and how far they are below
select
    coalesce(peer_attributes, 'none') as compared_by,
    count(*) as customers,
    count(distinct peer_group) as "groups",
    coalesce(sum(peer_gap), 0)::varchar as gap
from component_peers
group by 1
order by 1
