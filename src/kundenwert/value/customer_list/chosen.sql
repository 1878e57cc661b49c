-- value/customer_list/chosen.sql: the rows of the list that are exported, in the order in which they are shown
select kept_list.*, place
from chosen_rows
inner join kept_list using (row)
order by place
