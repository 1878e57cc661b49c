-- value/components/contribution_year.sql: contribution I to IV of each customer in the 365 days up to the as-of day, and days with a purchase.
-- The steps are those of the customer result; a cash discount without a day belongs to no year. db2 to db4 null where $is_served is false
with by_day as (
    select
        customer_id,
        sum(revenue) - sum(goods) as past,
        bool_or(line_class = 'kept' and not is_non_product) as is_purchase
    from sale_lines
    where date > $as_of::date - 365 and customer_id is not null
    group by customer_id, date
),

sold as (
    select customer_id, sum(past) as past, count(*) filter (where is_purchase) as purchase_days from by_day group by customer_id
),

granted as (
    select customer_id, sum(amount) as cash_discount
    from cash_discounts
    where date > $as_of::date - 365 and customer_id is not null
    group by customer_id
),

served as (
    select
        customer_id,
        coalesce(sum(amount) filter (where stage = 'marketing'), 0) as marketing,
        coalesce(sum(amount) filter (where stage = 'sales'), 0) as sales,
        coalesce(sum(amount) filter (where stage in ('service', 'logistics')), 0) as service
    from cost_lines
    where date > $as_of::date - 365 and amount is not null and customer_id is not null
    group by customer_id
),

steps as (
    select
        judged.customer_id,
        coalesce(sold.purchase_days, 0) as purchase_days,
        (coalesce(sold.past, 0) - coalesce(granted.cash_discount, 0))::decimal(24, 6) as step1,
        coalesce(served.marketing, 0)::decimal(24, 6) as marketing,
        coalesce(served.sales, 0)::decimal(24, 6) as sales,
        coalesce(served.service, 0)::decimal(24, 6) as service
    from judged
    left join sold using (customer_id)
    left join granted using (customer_id)
    left join served using (customer_id)
)

select
    customer_id,
    purchase_days,
    step1::decimal(18, 2) as db1_year,
    if($is_served, step1 - marketing, null)::decimal(18, 2) as db2_year,
    if($is_served, step1 - marketing - sales, null)::decimal(18, 2) as db3_year,
    if($is_served, step1 - marketing - sales - service, null)::decimal(18, 2) as db4_year
from steps
