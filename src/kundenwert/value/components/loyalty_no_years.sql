-- value/components/loyalty_no_years.sql: no model says who leaves
select null::varchar as customer_id, null::double as years where false
