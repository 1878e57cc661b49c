-- tables/company/contact_issue_examples.sql: how many records have each issue, and the first of them
select
    issue,
    count(*) as records,
    list(customer_id order by customer_id)[:5] as customers,
    list(coalesce(cell, '') order by customer_id)[:5] as cells
from contact_issues
group by issue
order by records desc, issue
