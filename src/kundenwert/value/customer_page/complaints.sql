-- value/customer_page/complaints.sql: the newest complaints of one customer
select date, complaint_id, category, resolved_on, outcome, cost
from page_complaints
where customer_id = $customer and date <= $as_of
order by date desc, complaint_id desc
limit $most
