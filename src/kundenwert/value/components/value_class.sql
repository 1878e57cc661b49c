-- value/components/value_class.sql: class A, B or C by the cumulative share before a customer, strictly below each limit
with measured as (
    select customer_id, -- Exact numbers: sums of doubles would depend on their order.
    coalesce(clv, expected_purchases)::decimal(28, 6) as measure from judged where level <> 'none'
),

placed as (
    select
        customer_id,
        (sum(measure) over falling - measure)::double / nullif(sum(measure) over (), 0)::double as before
    from measured
    window falling as (order by measure desc, customer_id rows unbounded preceding)
)

select
    customer_id,
    case when before is null then 'C' when before < $a - 1e-12 then 'A' when before < $b - 1e-12 then 'B' else 'C' end as class,
    greatest(before, 0) as share_before
from placed
