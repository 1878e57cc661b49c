-- sources/unreadable.sql: the records that could not be split, as they were just found
select line, reason, raw from inspected_unreadable
