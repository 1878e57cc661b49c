-- tables/current_lines.sql: every readable record; one file alone has no document twice
select *, false as is_superseded from read_lines
