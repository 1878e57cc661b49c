-- base/features/payment_behaviour.sql: how each customer pays, as known on the as-of day. Reminders and disputes carry no day: they are
-- those of the export. A payment without a readable day says nothing of days.
with documents as (
    -- Open items do not always name the customer; their invoice does.
    select document_id, min(customer_id) as customer_id
    from ledger_lines
    where document_id is not null and customer_id is not null
        and exists (select 1 from ledger_payments where customer_id is null)
    group by document_id
),

mapped as (
    -- An empty cell is a no where the column has any entry.
    select count(disputed) > 0 as has_disputes, count(dunning_level) > 0 as has_reminders from ledger_payments
),

items as (
    select
        coalesce(payments.customer_id, documents.customer_id) as customer_id,
        due_date,
        case
            when paid_on <= date '1970-01-01' + $as_of::integer then paid_on
            when paid_on is not null or coalesce(paid_amount, 0) = 0 then date '1970-01-01' + $as_of::integer
        end as until,
        paid_on <= date '1970-01-01' + $as_of::integer as is_paid,
        due_date <= date '1970-01-01' + $as_of::integer as is_due,
        case when has_disputes then coalesce(disputed, false) end as disputed,
        case when has_reminders then coalesce(dunning_level, 0) end as dunning_level,
        case when paid_on <= date '1970-01-01' + $as_of::integer then cash_discount end as cash_discount,
        -- Usual terms grant cash discount for 14 days at most.
        paid_on - invoice_date > 14 as is_undue
    from ledger_payments as payments
    left join documents using (document_id)
    cross join mapped
    where coalesce(invoice_date, due_date, date '1970-01-01') <= date '1970-01-01' + $as_of::integer
),

told as (
    select
        *,
        case when until is not null and (coalesce(is_paid, false) or coalesce(is_due, false)) then greatest(until - due_date, 0) end
            as days_late
    from items
    where customer_id is not null
)

select
    customer_id,
    count(days_late) as due_invoices,
    avg(days_late) as days_beyond_terms,
    avg((days_late > 0)::integer) as late_share,
    avg(disputed::integer) as disputed_share,
    avg((dunning_level > 0)::integer) as reminded_share,
    max(dunning_level) as highest_dunning_level,
    (sum(cash_discount) filter (where is_undue))::double / nullif(sum(cash_discount) filter (where is_undue is not null), 0)::double
        as undue_cash_discount_share
from told
group by customer_id
