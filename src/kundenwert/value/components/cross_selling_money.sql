-- value/components/cross_selling_money.sql: what customers who took up a group within the last span brought with it until the as-of day
select
    cross_selling_groups.group_place,
    count(*) filter (where taken_since)::double as buyers,
    coalesce(sum(contribution) filter (where taken_since), 0)::double as contribution
from cross_selling_groups
left join cross_selling_baskets using (group_place)
group by cross_selling_groups.group_place
order by cross_selling_groups.group_place
