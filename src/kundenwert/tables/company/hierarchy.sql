-- tables/company/hierarchy.sql: how many groups and members there are, how many heads are no customers, how many pay for others
select
    (select count(*) from (select group_id from customer_groups group by group_id having count(*) > 1)) as groups,
    count(*) filter (where depth > 0) as members,
    count(distinct customer_groups.group_id) filter (where known.customer_id is null) as unknown_heads,
    list_sort(coalesce(list(distinct customer_groups.group_id) filter (where known.customer_id is null), []))[:5] as examples,
    count(*) filter (where payer_id <> customer_groups.customer_id) as paid_by_others
from customer_groups
left join (select customer_id from customer_groups) as known on known.customer_id = customer_groups.group_id
