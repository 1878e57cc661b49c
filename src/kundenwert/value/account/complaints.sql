-- value/account/complaints.sql: the newest complaints of the members
select date, customer_id, category, resolved_on, outcome, cost
from ledger_complaints
inner join account_members using (customer_id)
where date <= $as_of
order by date desc, complaint_id
limit $most
