-- value/components/potential_chances.sql: how offers of each stage have ended. The chance of a stage is pulled towards that of all offers as
-- if ten more of it had ended like them; none where fewer than $least offers are decided
with stages as (
    select
        stage,
        count(*) filter (where standing = 'won') as won,
        count(*) filter (where standing <> 'open') as decided,
        count(*) filter (where standing = 'open') as open,
        coalesce(sum(amount) filter (where standing = 'open'), 0) as open_amount
    from potential_offers
    group by stage
),

counted as (
    select *, sum(won) over () as all_won, sum(decided) over () as all_decided from stages
)

select
    stage,
    won::integer as won,
    decided::integer as decided,
    open::integer as open,
    open_amount,
    case when all_decided >= $least then (won + 10 * all_won / all_decided) / (decided + 10) end::double as chance,
    case when all_decided >= $least then all_won / all_decided end::double as chance_of_all,
    all_won::integer as all_won,
    all_decided::integer as all_decided
from counted
