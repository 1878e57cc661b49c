-- sources/amounts.sql: how many cells of a column are amounts with decimal comma, with decimal point, or both with other results
with cells as (
    select text from inspected_text where trim(text) <> '' limit $cells
),
amounts as (
    select
        read_amount(text, ',', '.') as comma,
        read_amount(text, '.', ',') as point
    from cells
)
select
    count(*) as cells,
    count(comma) as comma,
    count(point) as point,
    count(*) filter (where comma is not null and point is null) as comma_only,
    count(*) filter (where point is not null and comma is null) as point_only,
    count(*) filter (where comma <> point) as either
from amounts
