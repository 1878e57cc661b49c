-- value/screens/overdue_payments.sql: invoices past their due day and not paid by the as-of day, by customer, the largest sum first; those
-- without a customer stand together
with owed as (
    select
        customer_id,
        amount - if(paid_on is null, coalesce(paid_amount, 0), 0) as rest
    from ledger_payments
    where due_date < $as_of and invoice_date <= $as_of and (paid_on is null or paid_on > $as_of) and amount > 0
)

select
    customer_id,
    count(*) as invoices,
    sum(rest)::decimal(18, 2) as amount,
    count(*) over () as customers,
    (sum(count(*)) over ())::bigint as all_invoices,
    (sum(sum(rest)) over ())::decimal(18, 2) as all_amount
from owed
where rest > 0
group by customer_id
order by amount desc, customer_id
limit $count
