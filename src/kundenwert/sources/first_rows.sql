-- sources/first_rows.sql: the first records as they stand, and as they are read
select * from first_rows order by record limit $count
