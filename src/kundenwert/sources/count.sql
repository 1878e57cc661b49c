-- sources/count.sql: how many records an input has
select count(*) as lines from inspected_raw
