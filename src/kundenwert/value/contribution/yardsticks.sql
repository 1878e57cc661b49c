-- value/contribution/yardsticks.sql: how far each step agrees with revenue: correlation of the places, customers below zero, and
-- how much of the first fifth by revenue stays in it
with long as (
    select customer_id, rank_revenue, unnest([
        {'yardstick': 'revenue', 'amount': revenue, 'place': rank_revenue},
        {'yardstick': 'db1', 'amount': db1, 'place': rank_db1},
        {'yardstick': 'db2', 'amount': db2, 'place': rank_db2},
        {'yardstick': 'db3', 'amount': db3, 'place': rank_db3},
        {'yardstick': 'db4', 'amount': db4, 'place': rank_db4}
    ]) as one
    from ranks
),

sized as (
    select *, (select count(*) from ranks) * 0.2 as fifth from long where one.amount is not null
)

select
    one.yardstick as yardstick,
    sum(one.amount)::decimal(24, 2) as amount,
    count(*) filter (where one.amount < 0) as below_zero,
    round(corr(one.place, rank_revenue), 6) as agreement,
    count(*) filter (where one.place <= fifth and rank_revenue <= fifth) / nullif(count(*) filter (where rank_revenue <= fifth), 0) as kept
from sized
group by one.yardstick
order by array_position(['revenue', 'db1', 'db2', 'db3', 'db4'], one.yardstick)
