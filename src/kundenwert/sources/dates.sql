-- sources/dates.sql: how many cells each date format reads; day_first_only and month_first_only tell a mixture from a format
with cells as (
    select text from inspected_text where trim(text) <> '' limit $cells
),
days as (
    select
        read_day(text, 'iso') as iso,
        read_day(text, 'dd.mm.yyyy') as dd_mm_yyyy,
        read_day(text, 'dd.mm.yy') as dd_mm_yy,
        read_day(text, 'yyyymmdd') as yyyymmdd,
        read_day(text, 'dd/mm/yyyy') as day_slash,
        read_day(text, 'mm/dd/yyyy') as month_slash,
        read_day(text, 'dd/mm/yy') as day_slash_short,
        read_day(text, 'mm/dd/yy') as month_slash_short,
        read_day(text, 'dd-mm-yyyy') as day_dash,
        read_day(text, 'mm-dd-yyyy') as month_dash,
        read_day(text, 'yyyy/mm/dd') as yyyy_mm_dd,
        read_day(text, 'serial') as serial
    from cells
)
select
    count(*) as cells,
    count(iso) as "iso",
    count(dd_mm_yyyy) as "dd.mm.yyyy",
    count(dd_mm_yy) as "dd.mm.yy",
    count(yyyymmdd) as "yyyymmdd",
    count(day_slash) as "dd/mm/yyyy",
    count(month_slash) as "mm/dd/yyyy",
    count(day_slash_short) as "dd/mm/yy",
    count(month_slash_short) as "mm/dd/yy",
    count(day_dash) as "dd-mm-yyyy",
    count(month_dash) as "mm-dd-yyyy",
    count(yyyy_mm_dd) as "yyyy/mm/dd",
    count(serial) as "serial",
    count(*) filter (where coalesce(day_slash, day_slash_short, day_dash) is not null
        and coalesce(month_slash, month_slash_short, month_dash) is null) as day_first_only,
    count(*) filter (where coalesce(month_slash, month_slash_short, month_dash) is not null
        and coalesce(day_slash, day_slash_short, day_dash) is null) as month_first_only
from days
