-- register/record_of.sql: what the customer records say of one customer
select customer_id, kind from ledger_customers where customer_id = $customer
