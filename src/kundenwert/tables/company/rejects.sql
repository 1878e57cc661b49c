-- tables/company/rejects.sql: records of one table that do not count because a rule is broken or they could not be split into cells
select file_id, record, rules, raw
from checked_records
where len(rules) > 0
union all
select file_id, line as record, ['record is readable'] as rules, reason || ' | ' || raw as raw
from unreadable_records
order by file_id, record
