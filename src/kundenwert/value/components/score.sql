-- value/components/score.sql: score, its money, lead customers, and who is high in money and low in points or the other way round
with led as (
    select points.row_place, bool_or(points.points >= $lead_points) as lead_customer
    from criterion_points as points
    inner join criterion_list as list on points.place = list.place and points.code = list.code
    where list.is_flag and points.points is not null
    group by points.row_place
),

-- Places among those of whom both are known.
places as (
    select
        sums.customer_id,
        cume_dist() over (order by judged.clv) as by_money,
        cume_dist() over (order by sums.score_ideational) as by_points
    from score_sums as sums
    inner join judged on sums.customer_id = judged.customer_id
    where judged.clv is not null and sums.score_ideational is not null
)

select
    sums.customer_id,
    sums.score,
    sums.coverage,
    sums.points_total,
    sums.points_possible,
    sums.score_ideational,
    score_money.money as score_money,
    score_money.lower as score_money_lower,
    score_money.upper as score_money_upper,
    led.lead_customer,
    case
        when places.by_money > $high and places.by_points <= $low then 'money_high'
        when places.by_points > $high and places.by_money <= $low then 'points_high'
    end as conflict
from score_sums as sums
left join score_money on sums.customer_id = score_money.customer_id
left join led on sums.row_place = led.row_place
left join places on sums.customer_id = places.customer_id
order by sums.row_place
