-- value/components/score_pool.sql: a pool of money shared by score, in cents by largest remainder. Without an amount of its own the pool is
-- the clv above 0 of all with a score
with rated as (
    select
        sums.row_place,
        sums.customer_id,
        -- Whole numbers: nine digits of a score decide, and cents come out to the last.
        round(sums.score * 1e9)::hugeint as share,
        greatest(judged.clv, 0)::decimal(38, 2) as worth
    from score_sums as sums
    inner join judged on sums.customer_id = judged.customer_id
    where sums.score is not null
),

pool as (
    select (coalesce($pool::decimal(38, 2), sum(worth), 0) * 100)::hugeint as cents, sum(share) as shares from rated
),

floors as (
    select
        rated.row_place,
        rated.customer_id,
        (pool.cents * rated.share) // pool.shares as cents,
        (pool.cents * rated.share) % pool.shares as remainder,
        pool.cents as all_cents
    from rated
    cross join pool
    where pool.shares > 0
),

placed as (
    select
        customer_id,
        cents,
        row_number() over (order by remainder desc, row_place) as place,
        all_cents - sum(cents) over () as missing
    from floors
)

select
    customer_id,
    ((cents + case when place <= missing then 1 else 0 end)::decimal(38, 0) / 100)::decimal(18, 2) as money,
    null::decimal(18, 2) as lower,
    null::decimal(18, 2) as upper
from placed
