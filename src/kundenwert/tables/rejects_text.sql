-- tables/rejects_text.sql: records that cannot be booked, for a spreadsheet; what it would run as a formula gets an apostrophe
select
    input_files.name as file,
    rejects.record,
    array_to_string(rejects.rules, '; ') as rules,
    case when regexp_matches(rejects.raw, '^[=+@\t\r-]') then '''' || rejects.raw else rejects.raw end as raw
from rejects
inner join input_files using (file_id)
order by file_id, record
