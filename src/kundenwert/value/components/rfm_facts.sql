-- value/components/rfm_facts.sql: customers and their money by the scores of recency and frequency
select
    component_rfm.rfm_recency as recency,
    component_rfm.rfm_frequency as frequency,
    count(*) as customers,
    sum(judged.revenue)::decimal(18, 2)::varchar as revenue,
    sum(judged.clv)::decimal(18, 2)::varchar as clv
from component_rfm
inner join judged using (customer_id)
group by 1, 2
order by 1, 2
