-- value/components/loyalty.sql: orders a year, revenue of an order, years as a customer so far and to come, of customers with a purchase left
select
    judged.customer_id,
    case when judged."T" >= $least then round((judged.frequency + 1) * 365.25 / judged."T", 4) end as orders_a_year,
    (judged.revenue / (judged.frequency + 1))::decimal(18, 2) as order_value,
    round(judged."T" / 365.25, 4) as tenure_years,
    round(judged.p_alive * loyalty_years.years, 4) as expected_years
from judged
left join loyalty_years using (customer_id)
where judged.frequency is not null
