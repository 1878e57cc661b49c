-- register/proxy_groups.sql: how much of what each drawn customer bought belongs to each of the product groups (products where no groups
-- are known) that most of them have bought, with the place of the customer
with bought as (
    select
        proxy_customers.place,
        coalesce(booked.product_group, booked.product_id) as name,
        count(*) as lines
    from booked
    inner join proxy_customers on proxy_customers.customer_id = booked.customer_id::varchar
    where booked.day <= $as_of::integer
        and coalesce(booked.product_group, booked.product_id) is not null
        and not booked.is_non_product
    group by all
),

frequent as (
    select name
    from bought
    group by name
    having count(*) >= $least
    order by count(*) desc, name
    limit $most
),

shares as (
    select
        place,
        name,
        lines / sum(lines) over (partition by place) as share
    from bought
)

select
    place,
    name,
    share
from shares
semi join frequent using (name)
order by name, place
