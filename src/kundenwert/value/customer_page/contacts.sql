-- value/customer_page/contacts.sql: the newest contacts of one customer
select date, contact_id, channel, purpose, outcome, person
from page_contacts
where customer_id = $customer and date <= $as_of
order by date desc, contact_id desc
limit $most
