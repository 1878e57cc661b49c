-- tables/company/reject_examples.sql: the first rejected records of one table, for a message
select file_id, record, rules, raw from rejected_records order by file_id, record limit $count
