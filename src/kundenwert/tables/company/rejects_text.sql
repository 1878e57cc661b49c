-- tables/company/rejects_text.sql: what cannot be booked or used, of all tables, for a spreadsheet; formulas get an apostrophe
select
    'transactions' as table_name,
    input_files.name as file,
    rejects.record,
    array_to_string(rejects.rules, '; ') as rules,
    case when regexp_matches(rejects.raw, '^[=+@\t\r-]') then '''' || rejects.raw else rejects.raw end as raw
from rejects
inner join input_files using (file_id)
union all
select
    table_rejects.table_name,
    table_files.name as file,
    table_rejects.record,
    array_to_string(table_rejects.rules, '; ') as rules,
    case when regexp_matches(table_rejects.raw, '^[=+@\t\r-]') then '''' || table_rejects.raw else table_rejects.raw end as raw
from table_rejects
left join table_files using (table_name, file_id)
order by table_name, file, record
