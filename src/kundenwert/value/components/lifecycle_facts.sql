-- value/components/lifecycle_facts.sql: each stage in a few figures. new: entered in the last 365 days
select
    stage,
    count(*) as customers,
    count(*) filter (where stage_since > date '1970-01-01' + ($now - 365)::integer) as new,
    sum(judged.past)::decimal(28, 2) as past,
    sum(judged.clv)::decimal(28, 2) as clv,
    sum((judged.expected_purchases * 1000000)::bigint)::double / 1000000 as expected_purchases,
    median(component_rhythm.next_purchase)::date as next_purchase
from component_lifecycle
inner join judged using (customer_id)
left join component_rhythm using (customer_id)
group by stage
order by stage
