-- bench/components_floor.sql: reads the tables of a company, groups each once by customer, and writes a row a customer with the columns, types and
-- order of customers.parquet: what the groups tell in columns of their kind, else the constants of $constants, one row of that table
with sold as (
    select customer_id, count(*) as lines, count(distinct document_id) as orders, sum(amount) as revenue, sum(cost) as goods, max(date) as last_day
    from read_parquet($folder || '/transactions.parquet')
    group by 1
),

known as (
    select customer_id, any_value(industry) as industry, any_value(region) as region, any_value(kind) as kind
    from read_parquet($folder || '/customers.parquet')
    group by 1
),

contacted as (
    select customer_id, count(*) as contacts, sum(cost) as contact_cost
    from read_parquet($folder || '/contacts.parquet')
    group by 1
),

complained as (
    select customer_id, count(*) as complaints, avg(satisfaction) as satisfaction
    from read_parquet($folder || '/complaints.parquet')
    group by 1
),

paid as (
    select customer_id, sum(paid_amount) as paid, max(dunning_level) as dunning
    from read_parquet($folder || '/payments.parquet')
    group by 1
),

contracted as (
    select customer_id, count(*) as contracts, sum(amount) as contracted
    from read_parquet($folder || '/contracts.parquet')
    group by 1
),

recommended as (
    select recommender_id as customer_id, count(*) as referrals from read_parquet($folder || '/referrals.parquet') group by 1
),

rated as (
    select customer_id, criterion, avg(points) as points from read_parquet($folder || '/ratings.parquet') group by 1, 2
),

scored as (
    select customer_id, avg(points) as points, count(*) as criteria from rated group by 1
),

served as (
    select customer_id, sum(count) as units from read_parquet($folder || '/activities.parquet') group by 1
),

offered as (
    select customer_id, count(*) as offers, sum(amount) as offered from read_parquet($folder || '/offers.parquet') group by 1
),

led as (
    select customer_id, count(*) as leads from read_parquet($folder || '/leads.parquet') group by 1
),

treated as (
    select customer_id, count(*) as measures, sum(cost) as measure_cost from read_parquet($folder || '/measures.parquet') group by 1
),

constants as (
    -- Of some components nobody may know anything: a constant is null there.
    select * exclude (customer_id) from read_parquet($constants)
)

select
    sold.customer_id,
    constants.* replace (
        sold.last_day::date as last_purchase,
        sold.revenue::decimal(18, 2) as revenue,
        sold.goods::decimal(18, 2) as past,
        sold.lines::integer as frequency,
        sold.orders::integer as purchases_year,
        known.industry as segment_by,
        known.region as segment_name,
        known.kind as level,
        contacted.contacts::double as position,
        contacted.contact_cost::decimal(18, 2) as db3,
        complained.complaints::integer as reviews,
        complained.satisfaction::double as satisfaction,
        paid.paid::decimal(18, 2) as credit_loss,
        paid.dunning::double as credit_default_chance,
        contracted.contracts::double as contract_months,
        contracted.contracted::decimal(18, 2) as contract_value,
        recommended.referrals::integer as referrals,
        scored.points::double as score,
        scored.criteria::integer as points_possible,
        served.units::double as attractiveness,
        offered.offers::double as coverage,
        offered.offered::decimal(18, 2) as opportunities,
        led.leads::integer as product_groups,
        treated.measures::double as points_total,
        treated.measure_cost::decimal(18, 2) as db2
    )
from sold
cross join constants
left join known using (customer_id)
left join contacted using (customer_id)
left join complained using (customer_id)
left join paid using (customer_id)
left join contracted using (customer_id)
left join recommended using (customer_id)
left join scored using (customer_id)
left join served using (customer_id)
left join offered using (customer_id)
left join led using (customer_id)
left join treated using (customer_id)
order by sold.customer_id
