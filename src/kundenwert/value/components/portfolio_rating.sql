-- value/components/portfolio_rating.sql: points that people gave for one criterion: the mean of the newest of each person
with given as (
    select
        customer_id,
        rated_by,
        points::double as points,
        '9999' as day
    from register_ratings
    where lower(criterion) = lower($criterion)
    union all
    select
        customer_id,
        coalesce(person, '') as rated_by,
        points::double as points,
        date::varchar as day
    from ledger_ratings
    where lower(criterion) = lower($criterion) and date <= date '1970-01-01' + $now::integer
),

newest as (
    select
        customer_id,
        rated_by,
        arg_max(points, (day, points)) as points
    from given
    group by all
)

select
    customer_id,
    (sum(points::decimal(18, 6)) / count(*))::double as points
from newest
group by customer_id
