-- tables/unreadable.sql: how many records of the inputs could not be split into cells
select count(*) as lines from unreadable_lines
