-- value/flat/discounts.sql: cash discount of invoices that count in the customer result
select customer_id, date, amount from cash_discounts where "year" is not null
