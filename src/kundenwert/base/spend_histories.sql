-- base/spend_histories.sql: the distinct spend histories: repeat purchase days with a positive amount and their mean
select
    spend_days::bigint as spend_days,
    spend::double / spend_days as mean,
    count(*) as customers
from customers
where spend_days > 0 and not is_collective
group by all
order by all
