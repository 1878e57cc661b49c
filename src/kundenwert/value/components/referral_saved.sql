-- value/components/referral_saved.sql: what winning a customer who was not recommended has cost, on average, and of how many this is known
select
    count(records.acquisition_cost) as customers,
    sum(records.acquisition_cost)::double / count(records.acquisition_cost) as mean
from ledger_customers as records
inner join judged using (customer_id)
where coalesce(records.acquired_on, date '0001-01-01') <= $as_of
    and not exists (select 1 from ledger_referrals where ledger_referrals.customer_id = records.customer_id)
