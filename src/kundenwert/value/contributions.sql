-- value/contributions.sql: booked contribution of each customer from cost; lines without cost take the margin of their product,
-- else of their product group, else that of the settings, else of all lines with cost; their share is estimated and counted apart
with lines_until as (
    -- A bonus has no goods behind it.
    select * replace (case when cost is null and is_bonus(product_id, product_group, is_non_product) then 0 else cost end as cost)
    from booked
    where day <= $as_of
),

products as (
    select product_id, 1 - sum(cost) / sum(amount) as margin
    from lines_until
    where cost is not null and product_id is not null
    group by product_id
    having sum(amount) > 0
),

groups as (
    select product_group, 1 - sum(cost) / sum(amount) as margin
    from lines_until
    where cost is not null and product_group is not null
    group by product_group
    having sum(amount) > 0
),

fallback as (
    select coalesce($margin::double, (1 - sum(cost) / nullif(sum(amount), 0))::double, 0) as margin
    from lines_until
    where cost is not null
)

select
    customer_id,
    sum(
        case
            when lines_until.cost is not null then lines_until.amount - lines_until.cost
            else (lines_until.amount::double * coalesce(products.margin, groups.margin, fallback.margin))::decimal(18, 6)
        end
    )::decimal(24, 6) as past,
    coalesce(
        sum((lines_until.amount::double * coalesce(products.margin, groups.margin, fallback.margin))::decimal(18, 6))
            filter (where lines_until.cost is null),
        0
    )::decimal(24, 6) as estimated,
    sum(lines_until.amount)::decimal(24, 6) as revenue
from lines_until
left join products using (product_id)
left join groups using (product_group)
cross join fallback
group by customer_id
