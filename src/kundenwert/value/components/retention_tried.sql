-- value/components/retention_tried.sql: the chance to buy again as told on the look-back day beside what came until the as-of day, in $bands
-- bands of about equally many customers, the least likely first; equal chances stand in one band, whatever customers are called
with told as (
    select
        rhythm_look_back.customer_id,
        rhythm_look_back.buys_again,
        rhythm_now.last_day > $look_back::integer as has_bought
    from rhythm_look_back
    -- Who has no purchase left today (all taken back later) or may not be judged proves nothing.
    inner join rhythm_now using (customer_id)
    where rhythm_look_back.buys_again is not null
),

placed as (
    select
        *,
        1 + (rank() over (order by round(buys_again, 9)) - 1) * $bands::integer // count(*) over () as band
    from told
)

select
    band,
    count(*) as customers,
    sum(buys_again::decimal(18, 9))::double / count(*) as predicted,
    count(*) filter (where has_bought) as bought
from placed
group by band
order by band
