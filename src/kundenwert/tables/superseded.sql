-- tables/superseded.sql: documents that a newer file holds too: same number, customer and year in two files count once.
-- The newer file is the one with the later last document day; of two equal ones the one named later.
with documents as (
    select
        document_id,
        customer_id::varchar as customer_id,
        year(date '1970-01-01' + day) as document_year,
        file_id,
        count(*) as lines,
        coalesce(sum(amount), 0)::decimal(24, 6) as amount,
        sum(hash(day, product_id, quantity, amount)::hugeint) as content
    from read_lines
    where document_id is not null and day is not null
    group by all
),

ages as (
    select file_id, row_number() over (order by max(day), file_id) as age
    from read_lines
    group by file_id
),

ranked as (
    select
        documents.*,
        first_value(file_id) over newest as newer_file,
        first_value(content) over newest as newer_content,
        first_value(amount) over newest as newer_amount,
        row_number() over newest as place
    from documents
    inner join ages using (file_id)
    window newest as (partition by document_id, customer_id, document_year order by age desc)
)

select
    file_id,
    document_id,
    customer_id,
    document_year,
    newer_file,
    lines,
    amount,
    newer_amount,
    content <> newer_content as is_changed
from ranked
where place > 1
