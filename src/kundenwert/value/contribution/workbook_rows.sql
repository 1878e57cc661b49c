-- value/contribution/workbook_rows.sql: the customers with a row of their own and their names, by falling last step
select workbook_customers.* exclude (reason, place), ledger_customers.name
from workbook_customers
left join ledger_customers using (customer_id)
where reason is null
order by place
