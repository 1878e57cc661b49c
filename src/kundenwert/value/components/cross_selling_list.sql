-- value/components/cross_selling_list.sql: what each customer is likely to buy next: product groups not bought yet, the likeliest first. reason: the
-- owned group whose buyers took it up `times` as often as others; null where none speaks for it
select
    cross_selling_customers.customer_id,
    row_number() over (partition by suggested.place order by suggested.rank)::integer as rank,
    cross_selling_groups.product_group,
    suggested.chance,
    if($has_money, suggested.expected_db, null)::decimal(18, 2) as expected_db,
    reasons.product_group as reason,
    suggested.times
from cross_selling_suggested as suggested
inner join cross_selling_customers using (place)
inner join cross_selling_groups using (group_place)
left join cross_selling_groups as reasons on suggested.reason_place = reasons.group_place
-- What does not cover the cost of its contact is not suggested.
where not $has_money or suggested.expected_db >= 0.005
order by customer_id, rank
