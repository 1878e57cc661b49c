-- tables/company/preset_rates.sql: the rates of the project's preset, by the words that activities use for a driver
select word, driver, rate::decimal(18, 6) as rate, stage, is_assumed
from preset_rates_as_text
where word <> ''
