-- tables/company/known_customers.sql: every customer number of sales lines and of customer records, and where it stands
select
    customer_id,
    bool_or(in_lines) as in_lines,
    bool_or(in_records) as in_records,
    ltrim(customer_id, '0') as bare_id
from (
    select distinct customer_id::varchar as customer_id, true as in_lines, false as in_records from booked
    union all
    select customer_id, false as in_lines, true as in_records from ledger_customers
)
group by customer_id
