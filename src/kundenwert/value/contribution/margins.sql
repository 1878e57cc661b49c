-- value/contribution/margins.sql: the margin that lines without cost take: that of their product, else of their group, else of the
-- settings, else of all lines with cost. One row a product and group of such lines; the rule is that of value/contributions.sql
with lines_until as (
    select
        customer_id,
        product_id,
        product_group,
        amount,
        case when cost is null and is_bonus(product_id, product_group, is_non_product) then 0 else cost end as cost
    from ledger_lines
    where date <= $until
),

known as (
    select * from lines_until where cost is not null and customer_id is not null
),

products as (
    select product_id, 1 - sum(cost) / sum(amount) as margin
    from known
    where product_id is not null
    group by product_id
    having sum(amount) > 0
),

groups as (
    select product_group, 1 - sum(cost) / sum(amount) as margin
    from known
    where product_group is not null
    group by product_group
    having sum(amount) > 0
),

fallback as (
    select coalesce($margin::double, (1 - sum(cost) / nullif(sum(amount), 0))::double, 0) as margin from known
),

wanted as (
    select distinct product_id, product_group from lines_until where cost is null
)

select
    wanted.product_id,
    wanted.product_group,
    coalesce(products.margin, groups.margin, fallback.margin)::double as margin
from wanted
left join products using (product_id)
left join groups using (product_group)
cross join fallback
