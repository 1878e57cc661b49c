-- value/components/retention_facts.sql: how many customers are expected to buy again and to stay, and of how many this is told
select
    count(buys_again) as told,
    sum(buys_again::decimal(18, 6))::double as expected_to_buy,
    count(stays) as stays_told,
    sum(stays::decimal(18, 6))::double as expected_to_stay,
    count(*) filter (where stays_from = 'contract') as by_contract
from component_retention
