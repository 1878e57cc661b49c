-- value/portfolio_workbook/ratings.sql: what people wrote of the customers of the workbook, of register and table of ratings, of each person the
-- newest on a criterion
with given as (
    select customer_id, lower(trim(criterion)) as word, points, rated_by, rated_at::varchar as rated_at, reason, 1 as from_register
    from register_ratings
    where rated_at::varchar <= $until::varchar
    union all
    select customer_id, lower(trim(criterion)), points, coalesce(person, ''), date::varchar, reason, 0
    from ledger_ratings
    where date <= $as_of
),

newest as (
    select given.*, criteria_words.criterion
    from given
    inner join criteria_words on given.word = criteria_words.word
    qualify row_number() over (
        partition by given.customer_id, criteria_words.criterion, lower(trim(given.rated_by))
        order by given.rated_at desc, given.from_register desc, given.points
    ) = 1
)

select
    newest.customer_id,
    workbook_customers.name,
    newest.criterion,
    newest.points::double as points,
    newest.rated_by,
    left(newest.rated_at, 10) as rated_at,
    coalesce(newest.reason, '') as reason
from newest
inner join workbook_customers using (customer_id)
order by workbook_customers.place, newest.criterion, newest.rated_at desc, newest.rated_by
limit $most
