-- tables/company/nothing.sql: a table without records, over which a table that nobody gave is opened
select 0 as file_id where false
