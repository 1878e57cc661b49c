-- register/links_found.sql: each number of a customer that was read, with its pseudonym
select distinct
    pseudonym(customer_id) as pseudonym,
    customer_id::varchar as customer_id
from ids_read
where customer_id is not null and id_is_sound(customer_id::varchar)
