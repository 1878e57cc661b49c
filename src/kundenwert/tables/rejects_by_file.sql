-- tables/rejects_by_file.sql: the rejected and unreadable records of the ledger, with the name of their file
select
    input_files.name as file,
    rejects.record,
    rejects.rules,
    rejects.raw,
    date '1970-01-01' + rejects.day as date,
    rejects.amount,
    rejects.currency
from rejects
inner join input_files using (file_id)
order by file_id, record, rules
