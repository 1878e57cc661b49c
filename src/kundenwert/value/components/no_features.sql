-- value/components/no_features.sql: customers of whom no feature is known
select customer_id from judged
