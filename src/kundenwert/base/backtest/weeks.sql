-- base/backtest/weeks.sql: purchases after the first of the customers of an origin, by week counted from the origin
select
    ceil((known_days.day - $origin) / 7)::bigint as week,
    count(*) as purchases
from known_days
inner join backtest_origin using (customer_id)
where known_days.is_purchase and known_days.day > backtest_origin.first_day and known_days.day <= $until
group by week
order by week
