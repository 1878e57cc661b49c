-- value/forecasts.sql: the forecast of each history; what a model does not know is null
select
    * replace (
        nullif(p_alive, 'nan'::double) as p_alive,
        nullif(expected_purchases, 'nan'::double) as expected_purchases,
        nullif(discounted_purchases, 'nan'::double) as discounted_purchases,
        nullif(discounted_beyond, 'nan'::double) as discounted_beyond,
        nullif(usual_gap, 'nan'::double) as usual_gap
    )
from loaded_forecasts
