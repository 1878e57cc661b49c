-- value/plans/win_back_acquisition.sql: customers whose first purchase lies in the last 365 days: how many, what winning one has cost, and
-- what one is worth from the first purchase on (booked and residual contribution)
select
    count(*)::double as customers,
    count(records.acquisition_cost)::double as with_cost,
    avg(records.acquisition_cost)::double as mean_cost,
    avg(valued_customers.past::double + valued_customers.clv::double)::double as mean_value
from plan_customers
inner join valued_customers using (customer_id)
left join ledger_customers as records using (customer_id)
where valued_customers.first_purchase > $as_of::date - 365
    and coalesce(records.acquired_on, valued_customers.first_purchase) > $as_of::date - 365
