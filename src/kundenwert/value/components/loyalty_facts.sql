-- value/components/loyalty_facts.sql: how many customers were looked at, and the median of each figure
select
    count(*) as customers,
    median(orders_a_year) as orders_a_year,
    median(order_value) as order_value,
    median(tenure_years) as tenure_years,
    median(expected_years) as expected_years
from component_loyalty
