-- value/export_text.sql: the value table as text, in its order
select * from exported_text
