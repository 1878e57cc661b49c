-- value/customer_list/chosen_part.sql: some rows of an export, in their order
select * exclude (place) from exported_columns where place >= $first and place < $last order by place
