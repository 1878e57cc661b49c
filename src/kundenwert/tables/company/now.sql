-- tables/company/now.sql: the records of one table that count, kept as they are now
select * from good_records
