-- sources/swallowed.sql: a quote that is never closed takes all lines behind it into one unreadable record
select line, length(trim(raw, chr(10) || chr(13))) - length(replace(trim(raw, chr(10) || chr(13)), chr(10), '')) + 1 as lines
from inspected_unreadable
where contains(reason, 'unterminated quote') and contains(trim(raw, chr(10) || chr(13)), chr(10))
order by line
limit 1
