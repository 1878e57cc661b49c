-- value/components/score_ratings.sql: mean of the newest ratings of each person, of the register and of the table of ratings, by customer
-- and criterion. A judgement in the table of a later day is not known yet; the register counts as it stands, or until a day that is named
with given as (
    select
        customer_id,
        lower(trim(criterion)) as word,
        points::decimal(9, 6) as points,
        lower(trim(rated_by)) as person,
        reason,
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
        reason,
        date::varchar,
        0
    from ledger_ratings
    where date <= $as_of
),

newest as (
    select customers.row_place, given.points, given.reason, criteria_words.criterion, criteria_words.permission
    from given
    inner join criteria_words on given.word = criteria_words.word
    inner join criterion_customers as customers on given.customer_id = customers.customer_id
    qualify row_number() over (
        partition by customers.row_place, criteria_words.criterion, given.person order by given.at desc, given.from_register desc, given.points
    ) = 1
)

select
    row_place,
    criterion,
    sum(points)::double / count(*) as points,
    count(*) as people,
    -- Only where it is asked for: millions of reasons are not searched in vain.
    bool_or(case when permission then
        regexp_matches(lower(coalesce(reason, '')), 'erlaub|freigabe|freigegeben|einwillig|zugestimmt|zustimmung|genehmig|permi|consent|allowed')
        and not regexp_matches(lower(coalesce(reason, '')), 'nicht (erlaub|freigegeben|genehmig|zugestimmt)|keine (erlaub|freigabe|einwillig|zustimmung|genehmig)|\b(no|not|without) (written )?(permi|consent|allowed)|ohne (\w+ )?(erlaub|freigabe|einwillig|zustimmung|genehmig)')
    else false end) as is_permitted
from newest
group by row_place, criterion
