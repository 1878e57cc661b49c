-- tables/company/changed.sql: records that a newer one of the same key replaces
select file_id, record, coalesce(raw, replace(key, chr(31), ' | ')) as raw
from checked_records
inner join standings using (file_id, record)
where standing = 'superseded'
order by file_id, record
limit $count
