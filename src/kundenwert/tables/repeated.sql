-- tables/repeated.sql: records that repeat an earlier record of their file to the letter; they are booked and flagged.
-- Only those whose customer, day and amount stand there twice are compared as texts: to write out millions of records takes long.
-- They are compared themselves: texts that differ in a few letters may have the same hash.
select file_id, record
from (
    select
        file_id,
        record,
        row_number() over (partition by file_id, raw order by record) as copy
    from read_lines
    where hash(customer_id, day, amount) in (
        select likeness
        from (select hash(customer_id, day, amount) as likeness from read_lines)
        group by likeness
        having count(*) > 1
    )
)
where copy > 1
