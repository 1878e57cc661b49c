-- base/purchase_days.sql: one row a customer and day: booked revenue, and the purchase of the day if one remains
select
    customer_id,
    day,
    sum(revenue) as revenue,
    sum(purchase_amount) as purchase_amount,
    bool_or(is_purchase) as is_purchase
from movements
group by customer_id, day
