-- base/records_of.sql: how many records of a table name a customer
select count(*) as records from records_of_table where customer_id::varchar = $customer
