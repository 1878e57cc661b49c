-- value/components/score_measured.sql: the numbers that are compared, one row a customer and measure
with each as (
    select customer_id, unnest(measures) as value, generate_subscripts(measures, 1) as place from criterion_found
)

select customer_id, place, value from each where value is not null and isfinite(value)
