-- value/components/potential_facts.sql: how many potentials there are of each kind, and what they add up to; money as text
select
    case when share_of_wallet is null then 'peers' when potential_source = 'assumption' then 'assumption' else 'estimate' end as basis,
    count(*) as customers,
    sum(potential_revenue)::varchar as potential_revenue,
    sum(gap)::varchar as gap,
    sum(gap_within_reach)::varchar as within_reach,
    count(*) filter (where gap < 0) as below_zero,
    count(*) filter (where share_of_wallet > 1) as above_estimate
from component_potential
where potential_source is not null
group by 1
order by 1
