-- base/reversals/match_equal.sql: rule 2: same customer, product and equal quantity, one to one, nearest earlier sale first.
-- Sales and reversals nest like brackets: at each depth they alternate, so a reversal takes the sale just before it at its depth.
with events as (
    select customer_id, product, pieces, day, 0 as is_reversal, file_id, record from open_sales
    union all
    select customer_id, product, pieces, day, 1 as is_reversal, file_id, record from open_reversals
),

nested as (
    select
        *,
        sum(1 - 2 * is_reversal) over (
            partition by customer_id, product, pieces
            order by day, is_reversal, file_id, record
            rows unbounded preceding
        ) + is_reversal as depth
    from events
),

neighbours as (
    select
        *,
        lag(is_reversal) over same_depth as before_is_reversal,
        lag(file_id) over same_depth as sale_file,
        lag(record) over same_depth as sale_record
    from nested
    window same_depth as (partition by customer_id, product, pieces, depth order by day, is_reversal, file_id, record)
)

select * from matches
union all
select 2 as rule, sale_file, sale_record, file_id as reversal_file, record as reversal_record, pieces
from neighbours
where is_reversal = 1 and before_is_reversal = 0
