-- value/components/satisfaction.sql: how content each customer is, 0 to 10, and in which field of value and satisfaction that puts him.
-- What people noted of the whole relationship goes before the grade of the last complaint
with graded as (
    select
        customer_id,
        coalesce(resolved_on, date) as day,
        -- From 1 to 5 to 0 to 10.
        (2.5 * (satisfaction - 1))::decimal(9, 6) as grade
    from ledger_complaints
    where satisfaction is not null and coalesce(resolved_on, date) between $as_of::date - $days::integer and $as_of::date
),

newest as (
    select customer_id, day, sum(grade)::double / count(*) as grade
    from graded
    group by customer_id, day
    qualify row_number() over (partition by customer_id order by day desc) = 1
),

-- Who has no purchase left has no place beside the others.
placed as (
    select
        customer_id,
        coalesce(value::double, expected_purchases) as value
    from judged
    where level <> 'none'
)

select
    judged.customer_id,
    coalesce(rated.points, newest.grade) as satisfaction,
    case when rated.points is null then 'complaints' else 'rating' end as satisfaction_source,
    case
        when placed.value is null then null
        when placed.value >= $value_limit::double
            then case when coalesce(rated.points, newest.grade) >= $limit then 'high_satisfied' else 'high_dissatisfied' end
        else case when coalesce(rated.points, newest.grade) >= $limit then 'low_satisfied' else 'low_dissatisfied' end
    end as satisfaction_field
from judged
left join placed on judged.customer_id = placed.customer_id
left join rated on judged.customer_id = rated.customer_id
left join newest on judged.customer_id = newest.customer_id
where coalesce(rated.points, newest.grade) is not null
