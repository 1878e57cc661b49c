-- value/plans/measured_reached.sql: how many of the treated and of those held out were addressed in the time measured, by contacts and measures
with addressed as (
    select customer_id::varchar as customer_id
    from ledger_contacts
    where date > $since and date <= $until and list_contains($words::varchar[], lower(trim(channel)))
        and coalesce(lower(trim(direction)), '') not in ('eingehend', 'inbound', 'incoming', 'in', 'ein', 'vom kunden', 'from customer')
    union
    select customer_id::varchar
    from ledger_measures
    where treated and date >= $since and date <= $until and list_contains($words::varchar[], lower(trim(kind)))
)

select
    (count(*) filter (where treated and customer_id in (select customer_id from addressed)))::double as treated,
    (count(*) filter (where not treated and customer_id in (select customer_id from addressed)))::double as held
from measured_customers
