-- base/customers_apart.sql: the base with those who objected and the row of erased persons set apart, as collective accounts are:
-- booked, but never seen by a model. The row of erased persons has no history.
select
    customers_alike.customer_id,
    customers_alike.revenue,
    case when is_person then first_day end as first_day,
    case when is_person then last_day end as last_day,
    case when is_person then frequency end as frequency,
    case when is_person then recency end as recency,
    case when is_person then t end as t,
    case when is_person then recent end as recent,
    case when is_person then spend_days end as spend_days,
    case when is_person then spend end as spend,
    case when is_person then first_amount end as first_amount,
    is_collective or customers_apart.customer_id is not null as is_collective
from (select *, customer_id::varchar <> 'erased' as is_person from customers_alike) as customers_alike
left join customers_apart on customers_alike.customer_id::varchar = customers_apart.customer_id
