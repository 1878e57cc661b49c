-- value/contribution/customer_years.sql: one row a customer and calendar year, money unrounded; what belongs to no known customer is summed
-- by reason instead. past: revenue less goods. The columns behind `assumed` are costs and counts by cause of loss, parts of the ones before
with sold as (
    select
        customer_id,
        "year",
        sum(revenue) as revenue,
        sum(revenue) - sum(goods) as past,
        sum(discount) as discount,
        sum(bonus) as bonus,
        coalesce(sum(revenue - goods) filter (where is_estimated), 0) as estimated,
        sum(lost_by_return) as return_cost,
        count(distinct coalesce(document_id, date::varchar)) filter (where lost_by_return <> 0) as returned
    from sale_lines
    group by customer_id, "year"
),

granted as (
    select customer_id, "year", sum(amount) as cash_discount
    from cash_discounts
    group by customer_id, "year"
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
        sum(amount) filter (where cause in ('orders', 'deliveries')) as order_cost,
        sum(units) filter (where cause = 'orders') as orders,
        sum(units) filter (where cause = 'deliveries') as deliveries,
        sum(amount) filter (where cause = 'visits') as visit_cost,
        greatest(
            sum(units) filter (where cause = 'visits' and source = 'activities'),
            sum(units) filter (where cause = 'visits' and source = 'contacts')
        ) as visits,
        sum(amount) filter (where cause = 'returns') as return_cost,
        sum(units) filter (where cause = 'returns') as returns,
        sum(amount) filter (where cause = 'complaints') as complaint_cost,
        greatest(
            sum(units) filter (where cause = 'complaints' and source = 'activities'),
            sum(units) filter (where cause = 'complaints' and source = 'complaints')
        ) as complaints
    from cost_lines
    where amount is not null
    group by customer_id, "year"
),

together as (
    select *, true as is_known from sold
    union all by name
    select granted.*, granted.customer_id is null or known_customers.customer_id is not null as is_known
    from granted
    left join known_customers using (customer_id)
    union all by name
    select served.*, known_customers.customer_id is not null as is_known
    from served
    left join known_customers using (customer_id)
)

select
    if(is_known and "year" is not null, customer_id, null) as customer_id,
    case
        when not is_known then 'unknown_customer'
        when customer_id is null then 'without_customer'
        when "year" is null then 'without_day'
    end as unallocated,
    "year",
    coalesce(sum(revenue), 0)::decimal(24, 6) as revenue,
    coalesce(sum(past), 0)::decimal(24, 6) as past,
    coalesce(sum(discount), 0)::decimal(24, 6) as discount,
    coalesce(sum(bonus), 0)::decimal(24, 6) as bonus,
    coalesce(sum(cash_discount), 0)::decimal(24, 6) as cash_discount,
    coalesce(sum(marketing), 0)::decimal(24, 6) as marketing,
    coalesce(sum(sales), 0)::decimal(24, 6) as sales,
    coalesce(sum(service), 0)::decimal(24, 6) as service,
    coalesce(sum(logistics), 0)::decimal(24, 6) as logistics,
    coalesce(sum(estimated), 0)::decimal(24, 6) as estimated,
    coalesce(sum(assumed), 0)::decimal(24, 6) as assumed,
    coalesce(sum(order_cost), 0)::decimal(24, 6) as order_cost,
    coalesce(nullif(sum(orders), 0), sum(deliveries), 0)::decimal(18, 2) as orders,
    coalesce(sum(visit_cost), 0)::decimal(24, 6) as visit_cost,
    coalesce(sum(visits), 0)::decimal(18, 2) as visits,
    coalesce(sum(return_cost), 0)::decimal(24, 6) as return_cost,
    coalesce(nullif(sum(returns), 0), sum(returned), 0)::decimal(18, 2) as returns,
    coalesce(sum(complaint_cost), 0)::decimal(24, 6) as complaint_cost,
    coalesce(sum(complaints), 0)::decimal(18, 2) as complaints
from together
group by 1, 2, 3
