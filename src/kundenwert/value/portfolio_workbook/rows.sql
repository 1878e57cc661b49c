-- value/portfolio_workbook/rows.sql: the customers of the workbook in their order
select * exclude (place) from workbook_customers order by place
