-- value/account/left_out.sql: how many customers of the group objected to being valued
select count(*) as customers
from account_group
inner join valued_customers using (customer_id)
where valued_customers.level = 'objected' or customer_id in (select customer_id from objectors)
