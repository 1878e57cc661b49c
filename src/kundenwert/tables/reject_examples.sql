-- tables/reject_examples.sql: the first rejected records, for a message
select * from rejects order by file_id, record limit $count
