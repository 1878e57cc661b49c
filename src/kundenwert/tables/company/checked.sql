-- tables/company/checked.sql: every readable record of one table, read and judged; the files are read once
select * from judged_records
