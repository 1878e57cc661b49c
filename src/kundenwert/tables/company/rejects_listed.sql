-- tables/company/rejects_listed.sql: every record that cannot be booked or used, of all tables, with its text, for paging
with every as (
    select
        'transactions' as table_name,
        file_id,
        input_files.name as file,
        rejects.record,
        rejects.rules,
        rejects.raw,
        rejects.amount
    from rejects
    inner join input_files using (file_id)
    union all
    select
        table_rejects.table_name,
        file_id,
        table_files.name as file,
        table_rejects.record,
        table_rejects.rules,
        table_rejects.raw,
        null::decimal(18, 6) as amount
    from table_rejects
    left join table_files using (table_name, file_id)
)
select
    row_number() over (order by table_name <> 'transactions', table_name, file_id, record) as number,
    table_name,
    file,
    record,
    rules,
    raw,
    amount
from every
