-- value/components/tiers_moves.sql: how many customers went from which tier or class of the earlier run to which today, and what they are worth now.
-- before is null for new customers, now for those who are gone; who objected since is neither
with earlier as (
    select customer_id, place from placed_before where place is not null
),

moved as (
    select
        earlier.place as before,
        today.place as now,
        judged.clv
    from earlier
    full join placed_now as today using (customer_id)
    left join judged on judged.customer_id = coalesce(today.customer_id, earlier.customer_id)
    left join valued_customers as known on known.customer_id = earlier.customer_id
    where today.customer_id is not null or judged.customer_id is not null or known.customer_id is null
)

select
    before,
    now,
    count(*) as customers,
    sum(clv)::decimal(18, 2)::varchar as clv
from moved
group by before, now
order by before nulls first, now nulls last
