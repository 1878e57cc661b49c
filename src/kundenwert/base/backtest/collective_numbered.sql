-- base/backtest/collective_numbered.sql: base/collective.sql where customers have numbers for ids
select
    backtest_ids.customer_id::varchar as customer_id,
    frequency + 1 as purchase_days,
    count(*) as lines
from customers
inner join backtest_ids on customers.customer_id = backtest_ids.number
inner join booked on backtest_ids.customer_id = booked.customer_id
where frequency + 1 > $days and day <= $as_of
group by all
having count(*) > $lines
order by lines desc
