-- value/customer_list/by_text_up.sql: the rows of the list in the order of a text; those without one last
select row from list_column order by list_folded(cell) asc nulls last, row
