-- value/account/group.sql: the customers of the group that one customer belongs to, itself alone where it has none
select members.customer_id, members.depth
from customer_groups as asked
inner join customer_groups as members on asked.group_id = members.group_id
where asked.customer_id = $customer
order by members.depth, members.customer_id
