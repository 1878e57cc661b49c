-- value/components/score_facts.sql: how many customers are judged, with what result
select
    count(*) as customers,
    count(score) as rated,
    round(avg(coverage::decimal(18, 9)), 6)::double as mean_coverage,
    round(avg(score::decimal(18, 9)), 6)::double as mean_score,
    sum(score_money) as money_sum,
    count(*) filter (where conflict = 'money_high') as money_high,
    count(*) filter (where conflict = 'points_high') as points_high,
    count(*) filter (where lead_customer) as lead_customers
from component_score
