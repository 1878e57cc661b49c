-- value/portfolio_workbook/customers.sql: all who may be judged, by falling value, with a place counted from 0
select
    (row_number() over (order by workbook_columns.value desc nulls last, workbook_columns.customer_id) - 1)::bigint as place,
    workbook_columns.*,
    ledger_customers.name
from workbook_columns
left join ledger_customers using (customer_id)
where workbook_columns.customer_id not in (select customer_id from objectors) and workbook_columns.customer_id <> $erased
