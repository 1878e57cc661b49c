-- value/components/cross_selling_pairs.sql: customer and group of each basket as numbers
select place, group_place, owned_now, owned_then, owned_before, taken_since, taken_then
from cross_selling_baskets
order by place, group_place
