-- value/contribution/workbook_order.sql: the customers whose records are shown, in order
select customer_id from drilled order by number
