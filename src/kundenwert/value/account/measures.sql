-- value/account/measures.sql: the newest measures for the members
select date, customer_id, measure_id, kind, treated
from ledger_measures
inner join account_members using (customer_id)
where date <= $as_of
order by date desc, measure_id, customer_id
limit $most
