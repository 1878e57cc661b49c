-- value/plans/addresses.sql: name and address of each customer as the newest records have them, once each
select
    customer_id::varchar as customer_id,
    any_value(name) as name,
    any_value(street) as street,
    any_value(postcode) as postcode,
    any_value(city) as city,
    any_value(email) as email,
    any_value(phone) as phone,
    any_value(account_manager) as account_manager
from records_now
group by customer_id
