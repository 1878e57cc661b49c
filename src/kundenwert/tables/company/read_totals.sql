-- tables/company/read_totals.sql: records and money of one table as read, before any rule sees a record
select count(*) as records, coalesce(sum(money), 0)::decimal(38, 6) as amount from read_records
