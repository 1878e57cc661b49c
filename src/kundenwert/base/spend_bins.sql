-- base/spend_bins.sql: spend histories of large bases in bins of half a percent of the spend sum; whole numbers keep the sums exact
with logs as (
    select
        spend_days::bigint as spend_days,
        floor(ln(spend::double) * 200) as bin,
        ln(spend::double) - floor(ln(spend::double) * 200) / 200 as inside
    from customers
    where spend_days > 0 and spend > 0 and not is_collective
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
