-- tables/rejects_counted.sql: how many listed rejects break each rule of each table, with the first of them
with broken as (
    select table_name, unnest(rules) as rule, number, file, record, raw, amount from rejects_listed
)
select
    table_name,
    rule,
    count(*) as records,
    sum(amount) as amount,
    arg_min(file, number) as file,
    arg_min(record, number) as record,
    arg_min(raw, number) as raw
from broken
group by table_name, rule
order by table_name <> 'transactions', records desc, table_name, rule
