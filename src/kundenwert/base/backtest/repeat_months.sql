-- base/backtest/repeat_months.sql: purchases after the first, by month, of the customers that models see; a month by its first day
select
    (date_trunc('month', date '1970-01-01' + known_days.day)::date - date '1970-01-01')::bigint as month,
    count(*) as purchases
from known_days
inner join customers using (customer_id)
where
    known_days.is_purchase
    and known_days.day > customers.first_day
    and known_days.day <= $origin
    and customers.frequency is not null
    and not customers.is_collective
group by month
order by month
