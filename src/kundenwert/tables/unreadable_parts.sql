-- tables/unreadable_parts.sql: the unreadable records of one file, kept with its lines
select line, reason, raw from reading_now_unreadable order by line
