-- base/backtest/outcomes.sql: what came after the origin: purchases of each of its customers, as known when the window ended
with came as (
    select customer_id, count(*) as actual
    from known_days
    where day > $origin and day <= $until
    group by customer_id
)

select
    backtest_origin.frequency,
    backtest_origin.recency,
    backtest_origin.t,
    backtest_origin.recent,
    backtest_groups.drawn,
    coalesce(came.actual, 0)::integer as actual
from backtest_origin
inner join backtest_groups using (customer_id)
left join came using (customer_id)
