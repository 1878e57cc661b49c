-- value/contribution/customer_years.sql: one row a customer and calendar year, money unrounded. unallocated: why a row belongs
-- to no customer. past: revenue less goods. The columns behind `assumed` are costs and counts by cause of loss, parts of the ones before.
-- In between a line without customer has the id '' and a payment without a day the year 0: keys that are null do not join
with summed as (
    select
        coalesce(customer_id, '') as customer_id,
        "year",
        sum(gross) as gross,
        sum(revenue) as revenue,
        sum(bonus) as bonus,
        sum(goods) as goods,
        coalesce(sum(revenue - goods) filter (where is_estimated), 0) as estimated
    from sale_lines
    group by 1, 2
),

sold as (
    select
        customer_id,
        "year",
        revenue,
        revenue - goods as past,
        gross - bonus - revenue as discount,
        bonus,
        estimated
    from summed
),

-- Few lines: a second look at them costs less than counting documents among all lines.
returned as (
    select
        coalesce(customer_id, '') as customer_id,
        "year",
        sum(lost_by_return) as lost,
        count(distinct coalesce(document_id, date::varchar)) as documents
    from sale_lines
    where line_class = 'return' and not is_non_product
    group by 1, 2
),

granted as (
    select coalesce(customer_id, '') as customer_id, coalesce("year", 0) as "year", sum(amount) as cash_discount
    from cash_discounts
    group by 1, 2
),

served as (
    select
        customer_id,
        year(date)::integer as "year",
        sum(amount) filter (where stage = 'marketing') as marketing,
        sum(amount) filter (where stage = 'sales') as sales,
        sum(amount) filter (where stage = 'service') as service,
        sum(amount) filter (where stage = 'logistics') as logistics,
        sum(amount) filter (where is_assumed) as assumed,
        sum(amount) filter (where cause = 'small_orders') as order_cost,
        sum(units) filter (where cause = 'small_orders' and counted) as orders,
        sum(amount) filter (where cause = 'visits') as visit_cost,
        sum(units) filter (where cause = 'visits' and counted) as visits,
        sum(amount) filter (where cause = 'returns') as return_cost,
        sum(units) filter (where cause = 'returns') as "returns",
        sum(amount) filter (where cause = 'complaints') as complaint_cost,
        sum(units) filter (where cause = 'complaints' and counted) as complaints
    from cost_lines
    where amount is not null
    group by customer_id, "year"
),

together as (
    select
        * exclude (is_in_records),
        revenue is not null or is_in_records is not null as is_known
    from sold
    full join served using (customer_id, "year")
    full join granted using (customer_id, "year")
    left join returned using (customer_id, "year")
    left join (select customer_id, true as is_in_records from known_customers) using (customer_id)
)

select
    nullif(customer_id, '') as customer_id,
    case
        when customer_id = '' then 'without_customer'
        when not is_known then 'unknown_customer'
        when "year" = 0 then 'without_day'
    end as unallocated,
    nullif("year", 0) as "year",
    coalesce(revenue, 0)::decimal(24, 6) as revenue,
    coalesce(past, 0)::decimal(24, 6) as past,
    coalesce(discount, 0)::decimal(24, 6) as discount,
    coalesce(bonus, 0)::decimal(24, 6) as bonus,
    coalesce(cash_discount, 0)::decimal(24, 6) as cash_discount,
    coalesce(marketing, 0)::decimal(24, 6) as marketing,
    coalesce(sales, 0)::decimal(24, 6) as sales,
    coalesce(service, 0)::decimal(24, 6) as service,
    coalesce(logistics, 0)::decimal(24, 6) as logistics,
    coalesce(estimated, 0)::decimal(18, 2) as estimated,
    coalesce(assumed, 0)::decimal(18, 2) as assumed,
    coalesce(order_cost, 0)::decimal(18, 2) as order_cost,
    coalesce(orders, 0)::decimal(18, 2) as orders,
    coalesce(visit_cost, 0)::decimal(18, 2) as visit_cost,
    coalesce(visits, 0)::decimal(18, 2) as visits,
    (coalesce(return_cost, 0) + coalesce(lost, 0))::decimal(18, 2) as return_cost,
    coalesce(nullif("returns", 0), documents, 0)::decimal(18, 2) as "returns",
    coalesce(complaint_cost, 0)::decimal(18, 2) as complaint_cost,
    coalesce(complaints, 0)::decimal(18, 2) as complaints
from together
