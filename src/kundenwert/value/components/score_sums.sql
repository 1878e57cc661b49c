-- value/components/score_sums.sql: score, coverage and unweighted total of each customer; criteria without weight do not count.
-- Sums are exact decimals, so that they do not depend on their order
with sums as (
    select
        customer_id,
        sum(weight * points) as weighed,
        coalesce(sum(weight) filter (where points is not null), 0) as present,
        sum(weight) as total,
        coalesce(sum(points) filter (where weight > 0), 0) as points_total,
        10 * count(points) filter (where weight > 0) as points_possible,
        sum(weight * points) filter (where not is_money) as beside_weighed,
        coalesce(sum(weight) filter (where points is not null and not is_money), 0) as beside_present,
        coalesce(sum(weight) filter (where not is_money), 0) as beside_total
    from criterion_points
    group by customer_id
)

select
    customers.customer_id,
    -- 60 % in tenths and hundredths is not always 0.6 to the last digit.
    case when present > 0 and present::double >= $least * total::double - 1e-9 then weighed::double / present::double end as score,
    case when total > 0 then present::double / total::double else 0 end as coverage,
    coalesce(points_total, 0)::double as points_total,
    coalesce(points_possible, 0)::integer as points_possible,
    case
        when beside_present > 0 and beside_present::double >= $least * beside_total::double - 1e-9
            then beside_weighed::double / beside_present::double
    end as score_ideational
from criterion_customers as customers
left join sums on customers.customer_id = sums.customer_id
