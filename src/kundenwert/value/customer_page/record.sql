-- value/customer_page/record.sql: what the customer records say of one customer
select * from page_records where customer_id = $customer limit 1
