-- tables/company/extent.sql: the first and the last day of the records of one table that count
select min(event_day) as first_day, max(event_day) as last_day
from checked_records
inner join standings using (file_id, record)
where standing = 'good'
