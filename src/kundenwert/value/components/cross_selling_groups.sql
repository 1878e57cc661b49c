-- value/components/cross_selling_groups.sql: the product groups that most customers have bought, from 0 on; without groups a product is its own.
-- all_groups: how many there are altogether
with sold as (
    select customer_id, coalesce(product_group, product_id) as product_group
    from booked
    where day <= $as_of::date - date '1970-01-01' and not is_non_product and coalesce(product_group, product_id) is not null
    group by 1, 2
),

counted as (
    select product_group, count(*) as customers from sold group by product_group
)

select
    row_number() over (order by customers desc, product_group)::integer - 1 as group_place,
    product_group,
    count(*) over ()::integer as all_groups
from counted
qualify group_place < $most
order by group_place
