-- value/customer_list/contribution_of_year.sql: contribution of each customer in one calendar year, after all costs that are known
select
    customer_id::varchar as customer_id,
    sum(case when $is_served then db4 else db1 end)::decimal(18, 2) as contribution_year
from contribution
where customer_id is not null and year = $year
group by customer_id
