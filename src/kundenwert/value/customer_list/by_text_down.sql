-- value/customer_list/by_text_down.sql: the rows of the list in the falling order of a text; those without one last
select row from list_column order by list_folded(cell) desc nulls last, row
