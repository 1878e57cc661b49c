-- register/scrubbed.sql: a table as it is now, in its order
select * from scrubbed
