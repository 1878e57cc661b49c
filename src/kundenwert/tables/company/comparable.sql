-- tables/company/comparable.sql: each customer record as it is compared with others
select
    customer_id,
    name,
    name_words(name) as words,
    array_to_string(name_words(name), '') as compact,
    plain_mail(email) as email,
    plain_phone(phone) as phone,
    plain_street(street) as street,
    nullif(trim(postcode), '') as postcode,
    nullif(trim(plain_letters(city)), '') as city,
    group_id
from ledger_customers
inner join customer_groups using (customer_id)
where len(name_words(name)) > 0
