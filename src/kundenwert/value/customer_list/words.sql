-- value/customer_list/words.sql: the different words of one column of the list
select distinct cell from list_column where cell is not null
