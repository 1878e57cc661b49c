-- sources/sample.sql: the first records, for people to look at
select * from inspected_sample limit 200
