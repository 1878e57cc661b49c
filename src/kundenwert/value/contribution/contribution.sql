-- value/contribution/contribution.sql: contribution.parquet: one row a customer and calendar year, in cents; unallocated: why a
-- row belongs to no customer of ours (then it stands at the end).
-- Each step is the one before less what stands between them. From db2 on null where nothing is known of cost to serve
with rounded as (
    select
        customer_years.*,
        in_cents(customer_years.revenue, extra_cents.revenue) as booked,
        in_cents(customer_years.past, extra_cents.past) as own,
        in_cents(customer_years.discount, extra_cents.discount) as off_price,
        in_cents(customer_years.bonus, extra_cents.bonus) as back,
        in_cents(customer_years.cash_discount, extra_cents.cash_discount) as cash,
        if($is_served, in_cents(customer_years.marketing, extra_cents.marketing), null) as step2,
        if($is_served, in_cents(customer_years.sales, extra_cents.sales), null) as step3,
        if($is_served, in_cents(customer_years.service, extra_cents.service), null) as step4,
        if($is_served, in_cents(customer_years.logistics, extra_cents.logistics), null) as step5
    from customer_years
    left join extra_cents
        on customer_years.customer_id is not distinct from extra_cents.customer_id
        and customer_years.unallocated is not distinct from extra_cents.unallocated
        and customer_years."year" is not distinct from extra_cents."year"
)

select
    customer_id,
    unallocated,
    "year",
    (booked + off_price + back)::decimal(18, 2) as gross,
    off_price as discount,
    back as bonus,
    booked as revenue,
    cash as cash_discount,
    (booked - cash)::decimal(18, 2) as net,
    (booked - own)::decimal(18, 2) as goods,
    (own - cash)::decimal(18, 2) as db1,
    step2 as marketing,
    (own - cash - step2)::decimal(18, 2) as db2,
    step3 as sales,
    (own - cash - step2 - step3)::decimal(18, 2) as db3,
    step4 as service,
    step5 as logistics,
    (own - cash - step2 - step3 - step4 - step5)::decimal(18, 2) as db4,
    estimated,
    assumed,
    order_cost,
    orders,
    visit_cost,
    visits,
    return_cost,
    "returns",
    complaint_cost,
    complaints
from rounded
order by unallocated nulls first, customer_id nulls last, "year" nulls last
