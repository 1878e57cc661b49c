-- value/components/portfolio_values.sql: the values of all criteria, in the order of the places
select * exclude (customer_id) from portfolio_wide order by place
