-- value/customer_list/column.sql: one column of the list, in the order of the list
select cell from list_column
