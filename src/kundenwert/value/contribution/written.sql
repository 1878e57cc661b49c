-- value/contribution/written.sql: contribution.parquet as it is
select * from contribution
