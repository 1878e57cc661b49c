-- value/customer_page/campaigns.sql: the newest measures of one customer; treated: false for who was held out on purpose
select date, measure_id, kind, coalesce(treated, true) as treated, cost
from page_measures
where customer_id = $customer and date <= $as_of
order by date desc, measure_id desc
limit $most
