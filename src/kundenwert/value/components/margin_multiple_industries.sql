-- value/components/margin_multiple_industries.sql: growth a year of each industry, as a part of 1, by the newest year that the table has for it
select
    lower(trim(industry)) as name,
    arg_max(growth, "year")::double / 100 as growth
from ledger_growth
where growth is not null and "year" <= year($as_of::date)
group by lower(trim(industry))
order by name
