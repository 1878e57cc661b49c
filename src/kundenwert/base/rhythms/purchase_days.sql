-- base/rhythms/purchase_days.sql: base/purchase_days.sql where the days of all lines that no reversal can touch are summed already
with together as (
    select customer_id, day, revenue, purchase_amount, is_purchase from settled_days
    union all
    select customer_id, day, revenue, purchase_amount, is_purchase from movements
)

select
    customer_id,
    day,
    sum(revenue) as revenue,
    sum(purchase_amount) as purchase_amount,
    bool_or(is_purchase) as is_purchase
from together
group by customer_id, day
