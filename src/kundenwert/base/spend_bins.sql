-- base/spend_bins.sql: spend histories of large bases in bins of half a percent of the spend sum; whole numbers keep the sums exact
with counted as (
    select
        spend_days + case when $first_counted and first_amount > 0 then 1 else 0 end as days,
        (spend + case when $first_counted then first_amount else 0 end)::double as total
    from customers
    where spend_days is not null and not is_collective
),

logs as (
    select
        days::bigint as spend_days,
        floor(ln(total) * 200) as bin,
        ln(total) - floor(ln(total) * 200) / 200 as inside
    from counted
    where days > 0 and total > 0
)

select
    spend_days,
    bin / 200 as log_start,
    count(*) as customers,
    sum((inside * 1e9)::bigint)::double / 1e9 as inside,
    sum((inside * inside * 1e12)::bigint)::double / 1e12 as inside_squared
from logs
group by spend_days, bin
order by spend_days, bin
