-- value/components/score_sums.sql: score, coverage and unweighted total of each customer; criteria without weight do not count.
-- Sums stand in whole numbers, weights and points in millionths
with sums as (
    select
        row_place,
        weighed / 1e12 as weighed,
        present / 1e6 as present,
        points_total / 1e6 as points_total,
        possible::integer as possible,
        beside_weighed / 1e12 as beside_weighed,
        beside_present / 1e6 as beside_present
    from criterion_sums
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
    case when possible > 0 and present >= $least * total - 1e-9 then weighed / present end as score,
    case when total > 0 then present / total else 0 end as coverage,
    points_total,
    possible as points_possible,
    case when beside_present > 0 and beside_present >= $least * beside_total - 1e-9 then beside_weighed / beside_present end as score_ideational
from criterion_customers as customers
inner join sums on customers.row_place = sums.row_place
cross join totals
order by customers.row_place
