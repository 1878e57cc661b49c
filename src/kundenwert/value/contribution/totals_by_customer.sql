-- value/contribution/totals_by_customer.sql: the steps of each customer over all years
select
    customer_id,
    sum(db1)::decimal(18, 2) as db1,
    sum(db2)::decimal(18, 2) as db2,
    sum(db3)::decimal(18, 2) as db3,
    sum(db4)::decimal(18, 2) as db4
from contribution
where unallocated is null
group by customer_id
