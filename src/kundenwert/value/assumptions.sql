-- value/assumptions.sql: what is still to come of each customer valued on the own history, with that history's number in `customer_futures`
select customer_futures.future, assumed_customers.clv::double as clv
from assumed_customers
inner join customer_futures on assumed_customers.customer_id = customer_futures.customer_id
where assumed_customers.clv is not null
order by assumed_customers.customer_id
