-- value/criteria/credit.sql: the band of the credit index of each company with one
with bands as (
    select above, up_to, row_number() over (order by up_to) - 1 as place, count(*) over () - 1 as last from credit_bands
)

select
    told.customer_id,
    case when bands.last > 0 then 10 * (1 - bands.place / bands.last) else 10 end as points,
    null::double[] as measures,
    [told.credit_index, told.default_probability] as facts,
    false as is_weak
from criterion_features as told
inner join bands on told.credit_index > bands.above and told.credit_index <= bands.up_to
