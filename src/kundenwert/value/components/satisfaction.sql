-- value/components/satisfaction.sql: how content each customer is, 0 to 10, and in which field of value and satisfaction that puts him.
-- What people noted of the whole relationship and what the customer answered goes before the grade of the last complaint, unless that is newer
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
),

known as (
    select
        judged.customer_id,
        placed.value,
        asked.recommends,
        case
            when newest.day > coalesce(rated.rated_on, asked.asked_on) then newest.grade
            else coalesce(rated.points, asked.recommends, newest.grade)
        end as satisfaction,
        case
            when newest.day > coalesce(rated.rated_on, asked.asked_on) or coalesce(rated.points, asked.recommends) is null then 'complaints'
            else 'rating'
        end as satisfaction_source
    from judged
    left join placed on judged.customer_id = placed.customer_id
    left join rated on judged.customer_id = rated.customer_id
    left join asked_to_recommend as asked on judged.customer_id = asked.customer_id
    left join newest on judged.customer_id = newest.customer_id
)

select
    customer_id,
    satisfaction,
    satisfaction_source,
    case
        when value is null then null
        when value >= $value_limit::double then if(satisfaction >= $limit, 'high_satisfied', 'high_dissatisfied')
        else if(satisfaction >= $limit, 'low_satisfied', 'low_dissatisfied')
    end as satisfaction_field,
    recommends,
    case when recommends > 8.5 then 'promoter' when recommends > 6.5 then 'passive' when recommends is not null then 'detractor' end
        as recommends_group
from known
where satisfaction is not null
