-- value/components/margin_multiple.sql: of who bought in the last 365 days: margin drawn to the mean of the group as if that were $weight
-- purchases, the share who stay, and the margin times the multiple
with drawn as (
    select
        margin_multiple_year.customer_id,
        margin_multiple_year.margin,
        margin_groups.*,
        (margin_multiple_year.purchases * margin_multiple_year.margin::double + $weight::double * margin_groups.mean)
        / (margin_multiple_year.purchases + $weight::double) as expected
    from margin_multiple_year
    inner join margin_groups using (name)
    where margin_multiple_year.purchases > 0
)

select
    customer_id,
    margin as margin_year,
    expected::decimal(18, 2) as margin_expected,
    round(nullif(retention, 'nan'::double), 4) as retention_year,
    round(nullif(low, 'nan'::double), 4) as retention_low,
    round(nullif(high, 'nan'::double), 4) as retention_high,
    (expected * nullif("end", 'nan'::double))::decimal(18, 2) as margin_clv,
    (expected * nullif(today, 'nan'::double))::decimal(18, 2) as margin_clv_today
from drawn
