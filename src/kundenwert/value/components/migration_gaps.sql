-- value/components/migration_gaps.sql: of each length of silence in periods, up to $states, how often it ended with a purchase, and how often it
-- was under way: silences that ended then or later, or have not ended. Period 0 is the last one before the as-of day
with moves as (
    select
        (($as_of::date - date '1970-01-01') - day + gap) // $days::integer
        - (($as_of::date - date '1970-01-01') - day) // $days::integer as ended
    from purchases_now
    where gap is not null
),

silences as (
    select (($as_of::date - date '1970-01-01') - last_day) // $days::integer as open from rhythm_now
),

counted as (
    select ended as length, count(*) as bought, 0 as silent from moves where ended > 0 group by ended
    union all
    select open, 0, count(*) from silences where open > 0 group by open
)

select
    states.state::integer as state,
    coalesce(sum(counted.bought) filter (where counted.length = states.state), 0)::bigint as bought,
    coalesce(sum(counted.bought + counted.silent), 0)::bigint as customers
from range(1, $states::integer + 1) as states(state)
left join counted on counted.length >= states.state
group by 1
order by 1
