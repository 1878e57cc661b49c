-- value/account/record.sql: what the customer records say of one customer
select name, city, industry, segment, region, kind, account_manager, acquired_on
from ledger_customers
where customer_id = $customer
