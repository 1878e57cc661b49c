-- value/flat/all.sql: the rows as they are
select * from flat_rows
