-- tables/changed.sql: documents whose content differs between two files ("changed since"); the newer file counts
select document_id, customer_id, document_year, file_id, newer_file, amount, newer_amount
from superseded
where is_changed
order by all
