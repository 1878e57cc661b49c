-- value/criteria/complaints.sql: complaints that were rejected as unjustified, per order; the justified ones are the company's own fault
with orders as (
    select customer_id::varchar as customer_id, count(distinct coalesce(document_id, day::varchar)) as orders
    from booked
    where day <= $as_of::date - date '1970-01-01' and line_class = 'kept' and not is_non_product
    group by customer_id
),

told as (
    select
        customer_id,
        count(*) as complaints,
        count(*) filter (
            where regexp_matches(
                lower(outcome),
                'abgelehnt|ablehn|zur(ü|ue)ckgewiesen|unberechtigt|unbegr(ü|ue)ndet|nicht (anerkannt|berechtigt)|reject|denied|declined'
                || '|unjustified|unfounded|not justified'
            )
        ) as rejected
    from ledger_complaints
    where date <= $as_of
    group by customer_id
)

select
    orders.customer_id,
    null::double as points,
    [-round(coalesce(told.rejected, 0) / orders.orders, 9)] as measures,
    [coalesce(told.rejected, 0)::double, coalesce(told.complaints, 0)::double, orders.orders::double] as facts,
    false as is_weak
from orders
left join told on orders.customer_id = told.customer_id
