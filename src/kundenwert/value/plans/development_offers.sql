-- value/plans/development_offers.sql: what could be offered to each customer: suggested product groups, what is expected of them, why
select
    customer_id,
    product_group,
    chance::double as chance,
    expected_db::double as expected_db,
    coalesce(reason, '') as because,
    coalesce(times, 1)::double as times
from run_cross_selling
inner join plan_customers using (customer_id)
order by customer_id, rank
