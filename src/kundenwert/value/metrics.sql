-- value/metrics.sql: what measures of value say of each customer on a day, and the money that came after it; one row a customer.
-- Customers are told apart by groups for drawing them; nobody whom models must not judge is among them
select
    (hash(judged.customer_id::varchar) % $groups)::bigint as customer_group,
    coalesce(before.revenue, 0)::double as revenue_year,
    coalesce(before.db1, 0)::double as db1_year,
    coalesce(before.db4, 0)::double as db4_year,
    coalesce(whole.revenue, 0)::double as revenue,
    coalesce(whole.db1, 0)::double as db1,
    coalesce(whole.db4, 0)::double as db4,
    (rfm.rfm_recency + rfm.rfm_frequency + rfm.rfm_money)::double as rfm,
    points.score::double as score,
    judged.clv::double as clv,
    judged.past::double as past,
    judged.value::double as value,
    coalesce(came.revenue, 0)::double as came_revenue,
    coalesce(came.db1, 0)::double as came_db1,
    coalesce(came.db4, 0)::double as came_db4
from judged
left join metrics_year as before on judged.customer_id = before.customer_id
left join metrics_whole as whole on judged.customer_id = whole.customer_id
left join metrics_came as came on judged.customer_id = came.customer_id
left join component_rfm as rfm on judged.customer_id = rfm.customer_id
left join score_sums as points on judged.customer_id = points.customer_id
where judged.first_purchase is not null
order by judged.customer_id
