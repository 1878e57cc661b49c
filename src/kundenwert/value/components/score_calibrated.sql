-- value/components/score_calibrated.sql: the forecast of each score beside its customer
with placed as (
    select customer_id, row_number() over (order by customer_id) as place from score_sums where score is not null
)

select
    placed.customer_id,
    forecast.money::decimal(18, 2) as money,
    forecast.lower::decimal(18, 2) as lower,
    forecast.upper::decimal(18, 2) as upper
from placed
inner join score_forecast as forecast on placed.place = forecast.place
