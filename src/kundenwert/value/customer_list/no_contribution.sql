-- value/customer_list/no_contribution.sql: contribution by customer where a run knows none
select null::varchar as customer_id, null::decimal(18, 2) as contribution_year where false
