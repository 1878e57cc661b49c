-- base/reversals/match_in_order.sql: rules 1 (within a document) and 3 (across documents): the rest of the quantity by running sums.
-- The n-th piece taken back is the n-th piece sold. Pieces taken back beyond what was sold until then find nothing, for good.
with events as (
    select
        customer_id,
        product,
        case when $within_document then document else '' end as scope,
        pieces,
        day,
        0 as is_reversal,
        file_id,
        record
    from open_sales
    union all
    select
        customer_id,
        product,
        case when $within_document then document else '' end as scope,
        pieces,
        day,
        1 as is_reversal,
        file_id,
        record
    from open_reversals
    where not $within_document or document <> ''
),

running as (
    select
        *,
        sum(case when is_reversal = 0 then pieces else 0 end) over ordered as sold,
        sum(case when is_reversal = 1 then pieces else 0 end) over ordered as returned
    from events
    window
        ordered as (
            partition by customer_id, product, scope
            order by day, is_reversal, file_id, record
            rows unbounded preceding
        )
),

bounded as (
    select
        *,
        greatest(
            max(returned - sold) over (
                partition by customer_id, product, scope
                order by day, is_reversal, file_id, record
                rows unbounded preceding
            ),
            0
        ) as without_sale
    from running
),

taken as (
    select
        *,
        returned - without_sale as taken_to,
        returned - without_sale
        - coalesce(
            lag(returned - without_sale) over (
                partition by customer_id, product, scope
                order by day, is_reversal, file_id, record
            ),
            0
        ) as taken_pieces
    from bounded
)

select * from matches
union all
select
    case when $within_document then 1 else 3 end as rule,
    sale.file_id as sale_file,
    sale.record as sale_record,
    reversal.file_id as reversal_file,
    reversal.record as reversal_record,
    (least(sale.sold, reversal.taken_to) - greatest(sale.sold - sale.pieces, reversal.taken_to - reversal.taken_pieces))::decimal(18, 6)
    as pieces
from taken as sale
inner join taken as reversal
    on sale.customer_id = reversal.customer_id
    and sale.product = reversal.product
    and sale.scope = reversal.scope
    and sale.is_reversal = 0
    and reversal.is_reversal = 1
    and sale.sold - sale.pieces < reversal.taken_to
    and reversal.taken_to - reversal.taken_pieces < sale.sold
