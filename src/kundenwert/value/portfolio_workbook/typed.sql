-- value/portfolio_workbook/typed.sql: the cells of one criterion of a workbook that say other than the run it was written from, or give a reason
with cells as (
    select
        sheet_row,
        trim(customer_id) as customer_id,
        coalesce(trim(points), '') as typed,
        coalesce(trim(reason), '') as reason,
        try_cast(replace(trim(points), ',', '.') as double) as number
    from typed_cells
),

held as (
    select scores.customer_id, scores.points, scores.provenance, scores.basis = $barred as is_barred
    from scores
    where criterion = $criterion
)

select
    cells.sheet_row,
    coalesce(cells.customer_id, '') as customer_id,
    cells.typed,
    cells.reason,
    held.points as before,
    coalesce(held.provenance, 'missing') as provenance,
    coalesce(held.is_barred, false) as is_barred,
    valued_customers.customer_id is not null as is_known,
    objectors.customer_id is not null as has_objected,
    coalesce(ledger_customers.kind, '') as kind
from cells
left join held using (customer_id)
left join valued_customers using (customer_id)
left join objectors using (customer_id)
left join ledger_customers using (customer_id)
where
    (cells.typed <> '' or cells.reason <> '' or held.points is not null)
    and (
        cells.reason <> ''
        -- Cells are read with ten digits.
        or not coalesce(abs(cells.number - held.points) <= 1e-6, cells.typed = '' and held.points is null)
    )
order by cells.sheet_row
