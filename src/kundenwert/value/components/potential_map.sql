-- value/components/potential_map.sql: the gaps by segment and product group; they add up to the gaps of all customers, to the cent. A segment's
-- gap goes to the groups in which its customers with a gap buy less than those without one would with their potential. Segments and groups
-- beyond the largest stand together as null
with placed as (
    select
        component_potential.customer_id,
        case $by
            when 'segment' then ledger_customers.segment
            when 'industry' then ledger_customers.industry
            when 'region' then if(ledger_customers.kind = 'b2c', null, ledger_customers.region)
        end as segment,
        component_potential.gap,
        component_potential.gap_revenue,
        component_potential.potential_revenue
    from component_potential
    left join ledger_customers using (customer_id)
    where component_potential.gap is not null
),

bought as (
    select customer_id::varchar as customer_id, product_group, sum(amount) as revenue
    from booked
    where day > ($as_of::date - date '1970-01-01') - 365 and day <= $as_of::date - date '1970-01-01' and not is_non_product
    group by 1, 2
),

largest_segments as (
    select segment from placed group by segment order by sum(abs(gap)) desc, segment limit $segments
),

largest_groups as (
    select product_group from bought group by product_group order by sum(revenue) desc, product_group limit $groups
),

customers as (
    select placed.* replace (if(largest_segments.segment is null, null, placed.segment) as segment)
    from placed
    left join largest_segments on placed.segment = largest_segments.segment
),

totals as (
    select
        segment,
        count(*) as customers,
        sum(gap) as gap,
        coalesce(sum(potential_revenue) filter (where gap_revenue > 0), 0)::double as potential
    from customers
    group by segment
),

by_group as (
    select
        customers.segment,
        if(largest_groups.product_group is null, null, bought.product_group) as product_group,
        coalesce(sum(bought.revenue) filter (where customers.gap_revenue > 0), 0) as behind,
        coalesce(sum(bought.revenue) filter (where customers.gap_revenue <= 0), 0) as ahead
    from bought
    inner join customers using (customer_id)
    left join largest_groups on bought.product_group = largest_groups.product_group
    group by 1, 2
),

-- Every segment may lack every group. Where nobody in the segment leads, the mix is that of all who do, else of everybody.
mixes as (
    select product_group, sum(ahead) as ahead, sum(ahead + behind) as everybody from by_group group by product_group
),

cells as (
    select
        totals.segment,
        mixes.product_group,
        coalesce(by_group.behind, 0)::double as behind,
        totals.gap,
        totals.potential,
        greatest(coalesce(by_group.ahead, 0), 0)::double as own_mix,
        greatest(mixes.ahead, 0)::double as common_mix,
        greatest(mixes.everybody, 0)::double as whole_mix
    from totals
    cross join mixes
    left join by_group
        on totals.segment is not distinct from by_group.segment and mixes.product_group is not distinct from by_group.product_group
),

mixed as (
    select
        *,
        coalesce(
            own_mix / nullif(sum(own_mix) over segments, 0),
            common_mix / nullif(sum(common_mix) over segments, 0),
            whole_mix / nullif(sum(whole_mix) over segments, 0),
            1.0 / count(*) over segments
        ) as mix
    from cells
    window segments as (partition by segment)
),

lacking as (
    select *, greatest(potential * mix - behind, 0) as lack from mixed
),

shared as (
    select
        segment,
        product_group,
        gap,
        abs(gap) * 100 * coalesce(lack / nullif(sum(lack) over segments, 0), mix) as cents
    from lacking
    window segments as (partition by segment)
),

floored as (
    select
        *,
        floor(cents)::decimal(18, 0) as whole,
        row_number() over (partition by segment order by cents - floor(cents) desc, product_group nulls last) as place,
        (abs(gap) * 100)::decimal(18, 0) - sum(floor(cents)::decimal(18, 0)) over (partition by segment) as missing
    from shared
)

select
    segment,
    product_group,
    (sign(gap) * (whole + if(place <= missing, 1, 0)) / 100)::decimal(18, 2) as gap
from floored
order by segment nulls last, product_group nulls last
