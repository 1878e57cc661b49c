-- value/components/top_chance_values.sql: the expected future value and the history of each customer, in order of place
select place, clv::double as clv, future from top_chance_customers order by place
