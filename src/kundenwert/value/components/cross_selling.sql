-- value/components/cross_selling.sql: the likeliest product group of each customer, and what its whole list is worth
select
    customer_id,
    min(product_group) filter (where rank = 1) as next_group,
    min(chance) filter (where rank = 1) as next_group_chance,
    min(reason) filter (where rank = 1) as next_group_reason,
    sum(expected_db)::decimal(18, 2) as cross_selling
from cross_selling_list
group by customer_id
