-- base/features/complaint_history.sql: complaints of each customer with a sale or a complaint, as known on the as-of day. What a
-- complaint cost carries no day of its own: it counts with the complaint
with orders as (
    select customer_id, count(distinct coalesce(document_id, date::varchar)) as orders
    from ledger_lines
    where date <= date '1970-01-01' + $as_of::integer
        and customer_id is not null
        and line_class = 'kept'
        and not is_non_product
    group by customer_id
),

told as (
    select
        customer_id,
        count(*) as complaints,
        sum(cost)::decimal(18, 2) as complaint_cost,
        (avg(resolved_on - date) filter (where resolved_on <= date '1970-01-01' + $as_of::integer))::double as resolution_days,
        count(*) filter (where resolved_on is null or resolved_on > date '1970-01-01' + $as_of::integer) as open_complaints
    from ledger_complaints
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
    case when (select count(resolved_on) > 0 from ledger_complaints) then coalesce(open_complaints, 0) end as open_complaints
from orders
full join told using (customer_id)
