-- value/components/rhythm.sql: how each customer buys: rhythm, next purchase, season, assortment, channel
with counted as (
    select
        number,
        count(*) filter (where day > $now - 365) as purchases_year,
        count(gap) as gaps
    from purchases_now
    group by number
),

medians as (
    select number, median(gap) as median_gap
    from purchases_now
    where number in (select number from counted where gaps >= $gaps)
    group by number
),

groups as (
    select
        customer_id::varchar as customer_id,
        count(distinct product_group) as product_groups
    from booked
    where $has_groups and day > $now - 365 and day <= $now and line_class = 'kept' and not is_non_product
    group by customer_id
),

channels as (
    select
        customer_id,
        channel,
        count(*) as contacts
    from ledger_contacts
    where date <= date '1970-01-01' + $now::integer and date > date '1970-01-01' + ($now - 365)::integer and channel is not null
    group by all
),

preferred as (
    select
        customer_id,
        arg_max(channel, (contacts, channel)) as main_channel
    from channels
    group by customer_id
)

select
    judged.customer_id,
    coalesce(counted.purchases_year, 0)::integer as purchases_year,
    medians.median_gap::double as median_gap,
    rhythm_now.usual_gap,
    case
        -- Where no model says who is lost, nothing is said of who stays away for longer than usual.
        when
            $now - rhythm_now.last_day < coalesce(rhythm_now.lost_after, 36525)
            and (rhythm_now.p_alive is not null or $now - rhythm_now.last_day <= rhythm_now.usual_gap)
            then date '1970-01-01' + ($now + least(ceil(rhythm_now.next_gap), 36525))::integer
    end as next_purchase,
    seasons.season_quarter,
    seasons.season_share,
    seasons.season_p,
    case when $has_groups then coalesce(groups.product_groups, 0) end::integer as product_groups,
    preferred.main_channel
from judged
left join rhythm_now using (customer_id)
left join counted using (number)
left join medians using (number)
left join seasons using (number)
left join groups using (customer_id)
left join preferred using (customer_id)
order by judged.customer_id
