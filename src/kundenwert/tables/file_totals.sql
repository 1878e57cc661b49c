-- tables/file_totals.sql: records and money of the raw input, summed before any rule sees a line
select
    count(*) as lines,
    coalesce(sum(amount), 0)::decimal(38, 6) as amount
from read_lines
