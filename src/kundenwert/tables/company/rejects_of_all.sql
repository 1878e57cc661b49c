-- tables/company/rejects_of_all.sql: rejected and unreadable records of all tables, each with its table and file
select
    table_rejects.table_name,
    table_files.name as file,
    table_rejects.record,
    table_rejects.rules,
    table_rejects.raw
from table_rejects
left join table_files using (table_name, file_id)
order by table_name, file, record
