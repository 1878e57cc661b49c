-- base/features/complaint_history.sql: complaints of each customer with a sale or a complaint, as known on the as-of day. What a
-- complaint cost carries no day of its own: it counts with the complaint
with sold as (
    select customer_id, date, coalesce(document_id, date::varchar) as document
    from ledger_lines
    where date <= date '1970-01-01' + $as_of::integer
        and customer_id is not null
        and line_class = 'kept'
        and not is_non_product
),

orders as (
    select customer_id, count(distinct document) as orders from sold group by customer_id
),

-- Where nobody notes settlements, an open complaint says nothing.
noted as (
    select count(resolved_on) > 0 as has_settlements, count(resolved_on) + count(satisfaction) > 0 as is_judged from ledger_complaints
),

-- Badly handled: not settled within 14 days, or the customer said so. What he said is known once it is settled.
judged as (
    select
        ledger_complaints.*,
        coalesce(satisfaction <= 2 and coalesce(resolved_on, date) <= date '1970-01-01' + $as_of::integer, false)
        or (
            noted.has_settlements
            and least(coalesce(resolved_on, date '9999-12-31'), date '1970-01-01' + $as_of::integer) - date > 14
        ) as is_bad
    from ledger_complaints
    cross join noted
),

last_bad as (
    select customer_id, max(date) as date
    from judged
    where date <= date '1970-01-01' + $as_of::integer and is_bad
    group by customer_id
),

since as (
    select last_bad.customer_id, count(distinct sold.document) as orders_since
    from last_bad
    left join sold on last_bad.customer_id = sold.customer_id and last_bad.date < sold.date
    group by last_bad.customer_id
),

told as (
    select
        customer_id,
        count(*) filter (where is_bad) as badly_handled_complaints,
        count(*) as complaints,
        sum(cost)::decimal(18, 2) as complaint_cost,
        (avg(resolved_on - date) filter (where resolved_on <= date '1970-01-01' + $as_of::integer))::double as resolution_days,
        count(*) filter (where resolved_on is null or resolved_on > date '1970-01-01' + $as_of::integer) as open_complaints
    from judged
    where date <= date '1970-01-01' + $as_of::integer
    group by customer_id
)

select
    customer_id,
    coalesce(complaints, 0) as complaints,
    coalesce(complaints, 0) / orders as complaints_per_order,
    -- Without any cost in the export nobody knows what complaints cost.
    case when (select count(cost) > 0 from ledger_complaints) then coalesce(complaint_cost, 0) end as complaint_cost,
    resolution_days,
    -- Without any settlement in the export nobody knows what is open.
    case when (select has_settlements from noted) then coalesce(open_complaints, 0) end as open_complaints,
    case when (select is_judged from noted) then coalesce(badly_handled_complaints, 0) end as badly_handled_complaints,
    since.orders_since as orders_since_bad_complaint
from orders
full join told using (customer_id)
left join since using (customer_id)
