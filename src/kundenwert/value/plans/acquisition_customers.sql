-- value/plans/acquisition_customers.sql: of each customer won in sight of the ledger the age, the cost, what it has brought and what it belongs to
select
    plan_codes.customer_id,
    plan_codes.age::double as won_age,
    plan_codes.cost::double as won_cost,
    brought.realised::double as won_realised,
    brought.realised_within::double as won_within,
    plan_codes.channel as won_channel,
    plan_codes.industry as won_industry,
    plan_codes.region as won_region,
    plan_codes.quarter as won_quarter,
    plan_codes.product as won_product
from plan_codes
inner join (
    select
        customer_id,
        sum(discounted) as realised,
        sum(if(is_within, discounted, 0)) as realised_within
    from plan_money
    group by customer_id
) as brought using (customer_id)
order by plan_codes.customer_id
