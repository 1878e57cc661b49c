-- tables/company/coverage.sql: how many customers of the lines have a record, and how many records have no line
select
    count(*) filter (where in_lines) as customers,
    count(*) filter (where in_lines and in_records) as with_record,
    count(*) filter (where in_records and not in_lines) as without_lines
from known_customers
