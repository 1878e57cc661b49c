-- value/score_conflicts.sql: customers whose residual value and whose score beyond money contradict each other, the most valuable first
with conflicting as (
    select
        customer_id,
        conflict,
        clv,
        score,
        score_ideational,
        row_number() over (partition by conflict order by clv desc nulls last, customer_id) as place
    from valued_customers
    where conflict is not null and level <> 'objected'
)

select customer_id, conflict, clv, score, score_ideational
from conflicting
where place <= $count
order by conflict, clv desc nulls last, customer_id
