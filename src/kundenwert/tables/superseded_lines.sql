-- tables/superseded_lines.sql: the records of superseded documents; the view lines leaves them to the newer file
select read_lines.file_id, read_lines.record
from read_lines
inner join superseded
    on read_lines.file_id = superseded.file_id
    and read_lines.document_id = superseded.document_id
    and read_lines.customer_id::varchar is not distinct from superseded.customer_id
    and year(date '1970-01-01' + read_lines.day) = superseded.document_year
