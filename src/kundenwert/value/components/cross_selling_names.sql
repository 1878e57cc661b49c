-- value/components/cross_selling_names.sql: the names of the product groups by their place: few hundred
select product_group from cross_selling_groups order by group_place
