-- tables/company/unreadable.sql: how many records of one table could not be split into cells
select count(*) as records from unreadable_records
