-- value/components/score_measured.sql: the numbers that are compared, one row a customer and measure
with each as (
    select row_place, unnest(measures) as value, generate_subscripts(measures, 1) as place from criterion_placed
)

select row_place, place, value from each where value is not null and isfinite(value)
