-- value/components/agreement_values.sql: the measures in order of place
select * exclude (customer_id) from agreement_customers order by place
