-- value/components/score_compared.sql: points by comparison: 10 x the mean share of customers that are no better. Between two values of the
-- scale the share is drawn by a line; below the first it is 0, above the last 1
with scale as (
    select
        place::bigint as place,
        value::double as value,
        up_to::double as up_to,
        lead(value::double) over rising as next_value,
        lead(below::double) over rising as next_below
    from criterion_breaks
    window rising as (partition by place order by value)
),

placed as (
    select
        measured.row_place,
        case
            when scale.value is null then 0
            when measured.value = scale.value or scale.next_value is null then scale.up_to
            else
                scale.up_to
                + (measured.value - scale.value) / (scale.next_value - scale.value) * (scale.next_below - scale.up_to)
        end as share
    from criterion_measured as measured
    asof left join scale on measured.place = scale.place and measured.value >= scale.value
),

-- Exact numbers: sums of doubles would depend on their order.
means as (
    select row_place, sum(share::decimal(18, 12))::double / count(*) as share from placed group by row_place
)

select means.row_place, 10 * means.share as points, found.fact_1, found.fact_2, found.fact_3, found.is_weak
from means
inner join criterion_placed as found on means.row_place = found.row_place
