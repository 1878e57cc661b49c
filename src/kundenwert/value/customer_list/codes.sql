-- value/customer_list/codes.sql: the place of each word of one column of the list among its words, counted from 0; -1 without a word
select coalesce(code, -1)::integer as cell
from list_column
left join list_words on list_column.cell = list_words.word
order by row
