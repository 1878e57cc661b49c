-- tables/company/rejects_now.sql: the rejected records of one table, kept as they are now
select * from rejected_records
