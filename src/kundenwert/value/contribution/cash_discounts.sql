-- value/contribution/cash_discounts.sql: each cash discount taken up to the as-of day, with its customer and day. It counts as
-- a share of its invoice, discount / amount to be paid x booked sales, so that payments with tax or in another currency give net money
with taken as (
    select * from ledger_payments where cash_discount <> 0
),

to_pay as (
    select document_id, sum(amount) as amount
    from ledger_payments
    where document_id in (select document_id from taken)
    group by document_id
),

documents as (
    select
        document_id,
        min(customer_id) as customer_id,
        count(distinct customer_id) = 1 as has_one_customer,
        min(date) as date,
        coalesce(sum(amount) filter (where line_class in ('kept', 'without_customer')), 0) as sales
    from ledger_lines
    where document_id in (select document_id from taken)
    group by document_id
),

placed as (
    select
        taken.file_id,
        taken.record,
        taken.document_id,
        case when documents.has_one_customer then documents.customer_id else taken.customer_id end as customer_id,
        coalesce(taken.paid_on, taken.invoice_date, documents.date) as date,
        case
            when documents.sales > 0 and to_pay.amount > 0
                then (taken.cash_discount::double * documents.sales::double / to_pay.amount::double)::decimal(18, 6)
            else taken.cash_discount
        end as amount
    from taken
    left join to_pay using (document_id)
    left join documents using (document_id)
)

select *, year(date)::integer as "year"
from placed
where date is null or date <= getvariable('contribution_until')::date
