-- value/flat/rows.sql: one row a customer and month with booked lines: what was bought, and what is known of the customer today.
-- Of those who may not be judged nothing but what was booked
with booked_lines as (
    select *, 0::decimal(18, 6) as cash_discount from flat_lines
    union all by name
    -- Cash discount belongs to no line: it counts in the month it was taken.
    select customer_id, date, 0::decimal(18, 6) as revenue, 0::decimal(18, 6) as goods, amount as cash_discount
    from flat_discounts
)

select
    date_trunc('month', booked_lines.date)::date as month,
    year(booked_lines.date)::integer as "year",
    quarter(booked_lines.date)::integer as quarter,
    booked_lines.customer_id,
    any_value(ledger_customers.name) as name,
    any_value(ledger_customers.kind) as kind,
    any_value(ledger_customers.segment) as segment,
    any_value(ledger_customers.industry) as industry,
    any_value(ledger_customers.region) as region,
    any_value(left(ledger_customers.postcode, 2)) as postcode_area,
    any_value(ledger_customers.account_manager) as account_manager,
    any_value(flat_customers.class) as class,
    any_value(flat_customers.tier) as tier,
    any_value(flat_customers.stage) as stage,
    any_value(flat_customers.portfolio) as portfolio,
    sum(booked_lines.revenue)::decimal(18, 2) as revenue,
    coalesce(sum(booked_lines.revenue) filter (where booked_lines.line_class = 'return'), 0)::decimal(18, 2) as returned,
    sum(booked_lines.revenue - booked_lines.goods - booked_lines.cash_discount)::decimal(18, 2) as db1,
    count(distinct booked_lines.date) filter (where booked_lines.line_class = 'kept')::integer as purchases,
    count(distinct booked_lines.document_id)::integer as documents,
    count(booked_lines.line_class)::integer as lines,
    sum(booked_lines.quantity) filter (where not booked_lines.is_non_product)::decimal(18, 3) as quantity
from booked_lines
left join flat_customers using (customer_id)
left join ledger_customers using (customer_id)
where booked_lines.customer_id is not null and booked_lines.date <= $as_of
group by month, "year", quarter, booked_lines.customer_id
order by month, booked_lines.customer_id
