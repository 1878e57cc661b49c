-- tables/company/contact_issues_of_valued.sql: the issues as a run keeps them, without what stands in the cells, of customers who have not objected
select customer_id::varchar as customer_id, issue
from contact_issues
semi join (select customer_id from valued_customers where level <> 'objected') using (customer_id)
order by customer_id, issue
