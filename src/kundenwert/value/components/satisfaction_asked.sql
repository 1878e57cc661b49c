-- value/components/satisfaction_asked.sql: what each customer answered when asked whether he would recommend us, 0 to 10: ratings of that
-- name, or the column of the customer records where its answer is newer or the only one
with recorded as (
    select
        customer_id,
        nps::double as nps,
        nps_date
    from ledger_customers
    -- An answer without a day counts as old as the records are.
    where nps is not null and coalesce($as_of::date - nps_date between 0 and $days::integer, true)
)

select
    judged.customer_id,
    case when rated.points is null or recorded.nps_date > rated.rated_on then recorded.nps else rated.points end as recommends,
    case when rated.points is null or recorded.nps_date > rated.rated_on then recorded.nps_date else rated.rated_on end as asked_on
from judged
left join rated on judged.customer_id = rated.customer_id
left join recorded on judged.customer_id = recorded.customer_id
where rated.points is not null or recorded.nps is not null
