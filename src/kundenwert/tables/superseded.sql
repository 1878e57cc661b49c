-- tables/superseded.sql: documents that a newer file holds too: same number, customer and year in two files count once.
-- The newer file is the one with the later last document day; of two equal ones the one named later.
with documents as (
    select
        document_id,
        customer_id::varchar as customer_id,
        year(date '1970-01-01' + day) as document_year,
        file_id,
        count(*) as lines,
        coalesce(sum(amount), 0)::decimal(24, 6) as amount
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
        first_value(amount) over newest as newer_amount,
        row_number() over newest as place,
        count(*) over (partition by document_id, customer_id, document_year) as copies
    from documents
    inner join ages using (file_id)
    window newest as (partition by document_id, customer_id, document_year order by age desc)
),

-- What a document says in a file, whatever the order of its lines: a digest of 128 bits, for two documents must never be taken for one.
-- Only of documents in several files: it takes ten times as long as all the rest.
contents as (
    select
        read_lines.document_id,
        read_lines.customer_id::varchar as customer_id,
        year(date '1970-01-01' + read_lines.day) as document_year,
        read_lines.file_id,
        md5_number(list_sort(list(row(read_lines.day, read_lines.quantity, read_lines.amount, read_lines.product_id)))::varchar) as content
    from read_lines
    inner join ranked
        on ranked.copies > 1
        and ranked.file_id = read_lines.file_id
        and ranked.document_id = read_lines.document_id
        and ranked.customer_id is not distinct from read_lines.customer_id::varchar
        and ranked.document_year = year(date '1970-01-01' + read_lines.day)
    group by all
)

select
    ranked.file_id,
    ranked.document_id,
    ranked.customer_id,
    ranked.document_year,
    ranked.newer_file,
    ranked.lines,
    ranked.amount,
    ranked.newer_amount,
    older.content <> newer.content as is_changed
from ranked
inner join contents as older
    on older.file_id = ranked.file_id
    and older.document_id = ranked.document_id
    and older.customer_id is not distinct from ranked.customer_id
    and older.document_year = ranked.document_year
inner join contents as newer
    on newer.file_id = ranked.newer_file
    and newer.document_id = ranked.document_id
    and newer.customer_id is not distinct from ranked.customer_id
    and newer.document_year = ranked.document_year
where ranked.place > 1
