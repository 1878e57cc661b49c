-- value/forecasts.sql: the forecast of each history; what a model does not know is null. A history is one whole number, for the join
select
    * replace (
        nullif(p_alive, 'nan'::double) as p_alive,
        nullif(expected_purchases, 'nan'::double) as expected_purchases,
        nullif(discounted_purchases, 'nan'::double) as discounted_purchases,
        nullif(discounted_beyond, 'nan'::double) as discounted_beyond,
        nullif(usual_gap, 'nan'::double) as usual_gap,
        nullif(spend_lower, 'nan'::float) as spend_lower,
        nullif(spend_upper, 'nan'::float) as spend_upper,
        nullif(discounted_spend_lower, 'nan'::float) as discounted_spend_lower,
        nullif(discounted_spend_upper, 'nan'::float) as discounted_spend_upper
    ),
    (frequency::bigint << 40) | (recency::bigint << 20) | t::bigint as history
from loaded_forecasts
