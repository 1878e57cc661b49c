-- bench/contribution_floor.sql: reads the tables of a ledger, groups each once by customer and year, one row each, in the columns and the order of
-- contribution.parquet; plain sums where kundenwert tells bonus, estimated cost, rates and stages apart
with sold as (
    select
        customer_id,
        year(date)::integer as "year",
        sum(list_amount) as gross,
        sum(discount) as discount,
        sum(amount) as revenue,
        sum(cost) as goods
    from read_parquet($folder || '/transactions.parquet')
    group by 1, 2
),

paid as (
    select customer_id, year(coalesce(paid_on, invoice_date))::integer as "year", sum(cash_discount) as cash_discount
    from read_parquet($folder || '/payments.parquet')
    group by 1, 2
),

served as (
    select customer_id, year(date)::integer as "year", driver, sum(count) as units
    from read_parquet($folder || '/activities.parquet')
    group by 1, 2, 3
),

drivers as (
    select
        customer_id,
        "year",
        sum(units) filter (where driver = 'visits') as visits,
        sum(units) filter (where driver = 'orders') as orders,
        sum(units) filter (where driver = 'returns') as returned,
        sum(units) filter (where driver = 'complaints') as complained,
        sum(units) as units
    from served
    group by 1, 2
),

contacted as (
    select customer_id, year(date)::integer as "year", sum(cost) as contact_cost
    from read_parquet($folder || '/contacts.parquet')
    group by 1, 2
),

complaints as (
    select customer_id, year(date)::integer as "year", sum(cost) as complaint_cost
    from read_parquet($folder || '/complaints.parquet')
    group by 1, 2
),

treated as (
    select customer_id, year(date)::integer as "year", sum(cost) as measure_cost
    from read_parquet($folder || '/measures.parquet')
    group by 1, 2
)

select
    customer_id,
    null::varchar as unallocated,
    "year",
    coalesce(gross, 0)::decimal(18, 2) as gross,
    coalesce(discount, 0)::decimal(18, 2) as discount,
    0::decimal(18, 2) as bonus,
    coalesce(revenue, 0)::decimal(18, 2) as revenue,
    coalesce(cash_discount, 0)::decimal(18, 2) as cash_discount,
    coalesce(revenue, 0)::decimal(18, 2) as net,
    coalesce(goods, 0)::decimal(18, 2) as goods,
    coalesce(revenue - goods, 0)::decimal(18, 2) as db1,
    coalesce(measure_cost, 0)::decimal(18, 2) as marketing,
    coalesce(revenue - goods, 0)::decimal(18, 2) as db2,
    coalesce(contact_cost, 0)::decimal(18, 2) as sales,
    coalesce(revenue - goods, 0)::decimal(18, 2) as db3,
    coalesce(complaint_cost, 0)::decimal(18, 2) as service,
    coalesce(units, 0)::decimal(18, 2) as logistics,
    coalesce(revenue - goods, 0)::decimal(18, 2) as db4,
    0::decimal(18, 2) as estimated,
    0::decimal(18, 2) as assumed,
    0::decimal(18, 2) as order_cost,
    coalesce(orders, 0)::decimal(18, 2) as orders,
    0::decimal(18, 2) as visit_cost,
    coalesce(visits, 0)::decimal(18, 2) as visits,
    0::decimal(18, 2) as return_cost,
    coalesce(returned, 0)::decimal(18, 2) as "returns",
    0::decimal(18, 2) as complaint_cost,
    coalesce(complained, 0)::decimal(18, 2) as complaints
from sold
full join paid using (customer_id, "year")
full join drivers using (customer_id, "year")
full join contacted using (customer_id, "year")
full join complaints using (customer_id, "year")
full join treated using (customer_id, "year")
order by customer_id, "year"
