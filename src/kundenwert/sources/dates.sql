-- sources/dates.sql: how many cells each date format reads; day_first_only and month_first_only tell a mixture from a format
with cells as (
    select text from inspected_text where trim(text) <> '' limit $cells
),
days as (
    select
        day_iso(text) as iso,
        day_dd_mm_yyyy(text) as dd_mm_yyyy,
        day_dd_mm_yy(text) as dd_mm_yy,
        day_yyyymmdd(text) as yyyymmdd,
        day_slash_dmy(text) as day_slash,
        day_slash_mdy(text) as month_slash,
        day_slash_dmy_short(text) as day_slash_short,
        day_slash_mdy_short(text) as month_slash_short,
        day_dash_dmy(text) as day_dash,
        day_dash_mdy(text) as month_dash,
        day_slash_ymd(text) as yyyy_mm_dd,
        day_serial(text) as serial
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
