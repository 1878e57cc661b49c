-- value/account/contacts.sql: the newest contacts of the members
select date, customer_id, channel, purpose, outcome, person
from ledger_contacts
inner join account_members using (customer_id)
where date <= $as_of
order by date desc, contact_id
limit $most
