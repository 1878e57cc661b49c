-- tables/company/standing_alone.sql: the standing of records of a single file in which equal ones are all counted
select file_id, record, 'good' as standing
from checked_records
where len(rules) = 0
