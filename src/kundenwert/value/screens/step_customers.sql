-- value/screens/step_customers.sql: the customers with the largest amounts in one step of the result, over a year or all of them; who
-- objected stands in no list
select
    customer_id,
    sum(amount)::decimal(18, 2) as amount,
    count(*) over () as customers
from step_amounts
where customer_id is not null and ($year::integer is null or "year" = $year)
    and customer_id not in (select customer_id from left_out)
group by customer_id
having sum(amount) <> 0
order by abs(sum(amount)) desc, customer_id
limit $count
