-- bench/components_floor.sql: reads the tables of a company, groups each once by customer, and writes a row a customer with as many columns as
-- the components have; plain counts and sums where kundenwert ranks, compares and forecasts
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
)

select *
from sold
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
order by customer_id
