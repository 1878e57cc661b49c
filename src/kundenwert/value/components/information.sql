-- value/components/information.sql: ideas of each customer up to the as-of day and what they are worth. An idea noted in several tables
-- counts once: the table with most of them counts; where no table names any, points may stand for ideas
with noted as (
    select customer_id, 1 as place, sum(count) as ideas
    from ledger_activities
    where date <= $as_of and list_contains($words, lower(trim(driver)))
    group by customer_id
    union all
    select customer_id, 2, count(*)
    from ledger_contacts
    where date <= $as_of and list_contains($words, lower(trim(purpose)))
    group by customer_id
    union all
    select customer_id, 3, count(*)
    from ledger_complaints
    where date <= $as_of and list_contains($words, lower(trim(category)))
    group by customer_id
),

counted as (select customer_id, max(ideas)::double as ideas from noted group by customer_id),

known as (
    select
        judged.customer_id,
        coalesce(counted.ideas, rated.points * $ideas_per_point::double) as ideas,
        case when counted.ideas is null then 'rated' else 'counted' end as information_basis
    from judged
    left join counted on judged.customer_id = counted.customer_id
    left join rated on judged.customer_id = rated.customer_id
)

select
    customer_id,
    ideas,
    (ideas * ($usable::double * $benefit::double - $handling::double))::decimal(18, 2) as information_value,
    information_basis
from known
where ideas is not null
