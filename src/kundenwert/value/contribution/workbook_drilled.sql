-- value/contribution/workbook_drilled.sql: the customers whose records are shown: the $count largest losses, then the $count best
with listed as (
    select
        customer_id,
        coalesce(db4, db1) as last_step,
        row_number() over (order by coalesce(db4, db1), customer_id) as from_below,
        row_number() over (order by coalesce(db4, db1) desc, customer_id) as from_above
    from workbook_customers
    where reason is null
)

select
    customer_id,
    (last_step < 0) as is_loss,
    row_number() over (order by last_step >= 0, if(last_step < 0, from_below, from_above)) as number
from listed
where (last_step < 0 and from_below <= $count) or (last_step >= 0 and from_above <= $count)
order by number
