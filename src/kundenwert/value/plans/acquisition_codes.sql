-- value/plans/acquisition_codes.sql: each customer won with the codes of what it belongs to
select
    plan_won.customer_id,
    plan_won.age,
    plan_won.cost,
    channels.code as channel,
    industries.code as industry,
    regions.code as region,
    quarters.code as quarter,
    products.code as product
from plan_won
left join plan_won_product using (customer_id)
inner join plan_names as channels on channels.key = 'channel' and channels.folded = lower(plan_won.channel)
inner join plan_names as industries on industries.key = 'industry' and industries.folded = lower(plan_won.industry)
inner join plan_names as regions on regions.key = 'region' and regions.folded = lower(plan_won.region)
inner join plan_names as quarters on quarters.key = 'quarter' and quarters.folded = lower(plan_won.quarter)
inner join plan_names as products on products.key = 'product' and products.folded = lower(coalesce(plan_won_product.product, ''))
