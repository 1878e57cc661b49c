-- value/plans/retention_customers.sql: of each customer days of silence, days since a complaint that is open or was handled badly with no
-- purchase since, days until a contract ends or since it was cancelled, and the day of the last contact
with noted as (
    -- Where nobody notes settlements, an open complaint says nothing.
    select count(resolved_on) > 0 as has_settlements from ledger_complaints
),

complained as (
    select
        ledger_complaints.customer_id,
        max(ledger_complaints.date) filter (where noted.has_settlements and coalesce(resolved_on, date '9999-12-31') > $as_of) as opened,
        max(ledger_complaints.date) filter (
            where (satisfaction <= 2 and coalesce(resolved_on, ledger_complaints.date) <= $as_of)
            or (noted.has_settlements and least(coalesce(resolved_on, date '9999-12-31'), $as_of::date) - ledger_complaints.date > 14)
        ) as handled_badly
    from ledger_complaints
    cross join noted
    where ledger_complaints.date <= $as_of
    group by ledger_complaints.customer_id
),

agreed as (
    select
        customer_id,
        min(coalesce("end", cancelled_on)) filter (where coalesce("end", cancelled_on) > $as_of) as ends_on,
        max(cancelled_on) filter (where cancelled_on <= $as_of and cancelled_on > $as_of::date - 90) as cancelled_on
    from ledger_contracts
    where start <= $as_of
    group by customer_id
),

contacted as (
    select customer_id, max(date) as last_contact
    from ledger_contacts
    where date <= $as_of
    group by customer_id
)

select
    plan_customers.customer_id,
    ($as_of::date - valued_customers.last_purchase)::double as silent_days,
    ($as_of::date - complained.opened)::double as complaint_open_days,
    case
        when valued_customers.last_purchase <= complained.handled_badly then $as_of::date - complained.handled_badly
    end::double as complaint_bad_days,
    (agreed.ends_on - $as_of::date)::double as contract_ends_in,
    ($as_of::date - agreed.cancelled_on)::double as contract_cancelled_days,
    ($as_of::date - contacted.last_contact)::double as contact_days
from plan_customers
inner join valued_customers using (customer_id)
left join complained using (customer_id)
left join agreed using (customer_id)
left join contacted using (customer_id)
