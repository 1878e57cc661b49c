-- tables/rejects_listed.sql: every record that cannot be booked, with its text as it stands in the file, for paging
select
    row_number() over (order by file_id, record) as number,
    'transactions' as table_name,
    input_files.name as file,
    rejects.record,
    rejects.rules,
    rejects.raw,
    rejects.amount
from rejects
inner join input_files using (file_id)
