-- value/customer_list/lengths.sql: how many bytes the text of each row of the list has
select coalesce(strlen(cell), 0)::integer as cell from list_column order by row
