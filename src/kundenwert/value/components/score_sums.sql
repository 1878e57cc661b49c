-- value/components/score_sums.sql: score, coverage and unweighted total of each customer; criteria without weight do not count.
-- Sums are exact decimals, so that they do not depend on their order
with sums as (
    select
        points.row_place,
        sum(list.weight * points.points) as weighed,
        sum(list.weight) as present,
        sum(points.points) as points_total,
        10 * count(*) as points_possible,
        sum(list.weight * points.points) filter (where not list.is_money) as beside_weighed,
        coalesce(sum(list.weight) filter (where not list.is_money), 0) as beside_present
    from criterion_points as points
    inner join criterion_list as list on points.place = list.place and points.code = list.code
    where points.points is not null and list.weight > 0
    group by points.row_place
),

-- Each criterion once: one of its codes.
totals as (
    select
        coalesce(sum(weight), 0)::double as total,
        coalesce(sum(weight) filter (where not is_money), 0)::double as beside_total
    from criterion_list
    where code = 1
)

select
    customers.row_place,
    customers.customer_id,
    -- 60 % in tenths and hundredths is not always 0.6 to the last digit.
    case when present::double >= $least * total - 1e-9 then weighed::double / present::double end as score,
    case when total > 0 then coalesce(present, 0)::double / total else 0 end as coverage,
    coalesce(points_total, 0)::double as points_total,
    coalesce(points_possible, 0)::integer as points_possible,
    case when beside_present > 0 and beside_present::double >= $least * beside_total - 1e-9 then beside_weighed::double / beside_present::double end
        as score_ideational
from criterion_customers as customers
left join sums on customers.row_place = sums.row_place
cross join totals
