-- value/components/rated.sql: mean points of each customer over the criteria asked for, of the newest rating of each person.
-- A judgement in the table of a later day is not known yet; the register counts as it stands, or until a day that is named
with given as (
    select
        customer_id,
        lower(trim(criterion)) as word,
        points::decimal(9, 6) as points,
        lower(trim(rated_by)) as person,
        rated_at::varchar as at,
        1 as from_register
    from register_ratings
    where $until::varchar is null or rated_at::varchar <= $until::varchar
    union all
    select
        customer_id,
        lower(trim(criterion)),
        points::decimal(9, 6),
        coalesce(lower(trim(person)), ''),
        date::varchar,
        0
    from ledger_ratings
    where date <= $as_of and points is not null
),

newest as (
    select given.*, rated_words.criterion
    from given
    inner join rated_words on given.word = rated_words.word
    where $days::integer is null or coalesce($as_of::date - try_cast(left(given.at, 10) as date), 0) <= $days::integer
    qualify row_number() over (
        partition by given.customer_id, rated_words.criterion, given.person
        order by given.at desc, given.from_register desc, given.points
    ) = 1
),

by_criterion as (
    select
        customer_id,
        criterion,
        (sum(points) / count(*))::decimal(18, 9) as points,
        max(left(newest.at, 10)) as day
    from newest
    group by customer_id, criterion
)

select
    customer_id,
    sum(points)::double / count(*) as points,
    try_cast(max(day) as date) as rated_on
from by_criterion
group by customer_id
