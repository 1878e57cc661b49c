-- value/components/top_chance_customers.sql: the customers that can be compared, numbered in the order of their ids, with their history
select
    (row_number() over (order by judged.customer_id) - 1)::bigint as place,
    judged.customer_id,
    judged.clv,
    customer_futures.future
from judged
left join customer_futures using (customer_id)
where judged.level <> 'none' and judged.clv is not null
