-- value/plans/acquisition_product.sql: the product group that made up most of the first purchase of each customer won
with bought as (
    select booked.customer_id, trim(booked.product_group) as product, sum(booked.amount) as amount
    from booked
    inner join plan_won using (customer_id)
    where date '1970-01-01' + booked.day = plan_won.first_purchase
        and booked.product_group is not null
        and not booked.is_non_product
        and booked.amount > 0
    group by booked.customer_id, product
)

select customer_id, arg_max(product, (amount, product)) as product
from bought
group by customer_id
