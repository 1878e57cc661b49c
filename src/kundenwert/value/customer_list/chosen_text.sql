-- value/customer_list/chosen_text.sql: the rows of an export as text, in their order
select * exclude (place) from exported_text order by place
