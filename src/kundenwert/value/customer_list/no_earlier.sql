-- value/customer_list/no_earlier.sql: values of the run before where there is none
select null::varchar as customer_id, null::decimal(18, 2) as value_before where false
