-- register/scrubbed_raw.sql: rejected records; the text of those that name an erased person is gone, the record and its rules stay
select * replace (case when names_erased(raw) then '' else raw end as raw) from scrubbed
