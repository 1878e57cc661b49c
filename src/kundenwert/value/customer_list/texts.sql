-- value/customer_list/texts.sql: the texts of one column of the list, one after the other, in parts of some ten thousand rows
select string_agg(cell, '' order by row) as texts
from list_column
group by row // 50000
order by row // 50000
