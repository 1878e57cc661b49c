-- tables/nothing_superseded.sql: one file alone has no document twice
select
    0::integer as file_id,
    ''::varchar as document_id,
    ''::varchar as customer_id,
    0::bigint as document_year,
    0::integer as newer_file,
    0::bigint as lines,
    0::decimal(24, 6) as amount,
    0::decimal(24, 6) as newer_amount,
    false as is_changed
where false
