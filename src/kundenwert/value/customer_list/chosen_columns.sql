-- value/customer_list/chosen_columns.sql: the columns of an export, in the order of its rows
select * from chosen_columns order by place
