-- value/components/tiers.sql: the tier of each customer by the share of more valuable customers, or by amounts; equal customers are in one
with measured as (
    select
        customer_id,
        case $measure
            when 'clv' then clv
            when 'value' then value
            when 'past' then past
            when 'revenue' then revenue
            when 'db1' then db1
            when 'db2' then db2
            when 'db3' then db3
            when 'db4' then db4
        end as measure
    from member_money
    where level <> 'none'
),

placed as (
    select customer_id, measure, (rank() over (order by measure desc) - 1)::double / count(*) over () as above
    from measured
    where measure is not null
)

select
    customer_id,
    ($names::varchar[])[
        1 + len(list_filter($limits::double[], lambda bound: if($by_money, measure::double < bound, above >= bound - 1e-12)))
    ] as tier,
    above as customers_above
from placed
