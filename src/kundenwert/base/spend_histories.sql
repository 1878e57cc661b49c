-- base/spend_histories.sql: the distinct spend histories: purchase days with a positive amount and their mean; the first one if wanted
with counted as (
    select
        spend_days + case when $first_counted and first_amount > 0 then 1 else 0 end as days,
        spend + case when $first_counted then first_amount else 0 end as total
    from customers
    where spend_days is not null and not is_collective
)

select
    days::bigint as spend_days,
    total::double / days as mean,
    count(*) as customers
from counted
where days > 0
group by all
order by all
