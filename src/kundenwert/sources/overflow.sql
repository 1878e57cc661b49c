-- sources/overflow.sql: numbers that are too large to be kept: how many, and the first of them
select count(*) as cells, min(record) as record, min_by(text, record) as text
from inspected_overflow where text is not null
