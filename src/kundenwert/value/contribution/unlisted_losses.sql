-- value/contribution/unlisted_losses.sql: how many customers below zero stand in no list: who objected, and who has cost and no value
select count(*) as customers
from (
    select customer_id
    from contribution
    where unallocated is null and ($year::integer is null or "year" = $year)
    group by customer_id
    having coalesce(sum(db4), sum(db1)) < 0
)
where
    customer_id in (select customer_id from left_out)
    or customer_id not in (select customer_id from valued_customers)
