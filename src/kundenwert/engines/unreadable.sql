-- engines/unreadable.sql: one row a record that could not be split into cells, from the reader's own list
select
    line::bigint as line,
    any_value(error_message) as reason,
    any_value(csv_line) as raw
from reject_errors
group by line
order by line
