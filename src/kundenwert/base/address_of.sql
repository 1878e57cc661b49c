-- base/address_of.sql: name and address of one customer as the customer records have them
select * from address_records where customer_id = $customer limit 1
