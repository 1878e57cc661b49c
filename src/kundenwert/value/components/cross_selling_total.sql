-- value/components/cross_selling_total.sql: how long the lists are and what they are worth; money as text
select
    count(*)::integer as suggestions,
    count(distinct customer_id)::integer as customers,
    sum(expected_db)::varchar as expected_db
from cross_selling_list
