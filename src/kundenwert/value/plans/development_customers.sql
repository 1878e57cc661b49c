-- value/plans/development_customers.sql: of each customer the open offers of the last 180 days: sum and age of the oldest
select
    plan_customers.customer_id,
    coalesce(sum(ledger_offers.amount), 0)::double as open_offers,
    max($as_of::date - ledger_offers.date)::double as open_offer_days
from plan_customers
left join ledger_offers
    on plan_customers.customer_id = ledger_offers.customer_id
    and ledger_offers.date <= $as_of
    and ledger_offers.date > $as_of::date - 180
    and coalesce(ledger_offers.decided_on, date '9999-12-31') > $as_of
group by plan_customers.customer_id
