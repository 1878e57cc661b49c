-- tables/company/good.sql: the records that count, sorted by customer where there is one: what the ledger keeps
select checked_records.* exclude (rules, flaws, key, content, event_day, money, sort_key, raw)
from checked_records
inner join standings using (file_id, record)
where standing = 'good'
order by sort_key, file_id, record
