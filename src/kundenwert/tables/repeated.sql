-- tables/repeated.sql: records that repeat an earlier record of their file to the letter; they are booked and flagged
select file_id, record
from (
    select
        file_id,
        record,
        row_number() over (partition by file_id, hash(raw) order by record) as copy
    from read_lines
)
where copy > 1
