-- base/features/contact_history.sql: contacts of each customer up to the as-of day: how many in the last 365 days, how long, how long ago
select
    customer_id,
    count(*) filter (where date > date '1970-01-01' + $as_of::integer - 365) as contacts,
    (sum(duration_minutes) filter (where date > date '1970-01-01' + $as_of::integer - 365))::double as contact_minutes,
    date '1970-01-01' + $as_of::integer - max(date) as days_since_contact
from ledger_contacts
where date <= date '1970-01-01' + $as_of::integer
group by customer_id
