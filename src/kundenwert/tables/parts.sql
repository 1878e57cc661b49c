-- tables/parts.sql: the lines of one file as read, kept so that a known file is not read again
select * from reading_now order by record
