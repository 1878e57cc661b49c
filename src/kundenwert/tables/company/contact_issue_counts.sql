-- tables/company/contact_issue_counts.sql: customer records, and those that an issue concerns
select (select count(*) from ledger_customers) as records, count(distinct customer_id) as concerned from contact_issues
