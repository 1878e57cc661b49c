-- base/features/contact_history.sql: contacts of each customer up to the as-of day: how many in the last 365
-- days, how long, at what cost, and how long ago the last one was
select
    customer_id,
    count(*) filter (where date > date '1970-01-01' + $as_of::integer - 365) as contacts,
    (sum(duration_minutes) filter (where date > date '1970-01-01' + $as_of::integer - 365))::double as contact_minutes,
    (sum(cost) filter (where date > date '1970-01-01' + $as_of::integer - 365))::decimal(18, 2) as contact_cost,
    date '1970-01-01' + $as_of::integer - max(date) as days_since_contact
from ledger_contacts
where date <= date '1970-01-01' + $as_of::integer
group by customer_id
