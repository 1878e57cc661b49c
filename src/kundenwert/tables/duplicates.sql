-- tables/duplicates.sql: booked lines that repeat a record of their file, with their money
select count(*) as lines, coalesce(sum(amount), 0)::decimal(38, 6) as amount
from lines
semi join repeated using (file_id, record)
where bookable
