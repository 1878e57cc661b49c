-- value/spend_forecast_table.sql: one row a customer with the expected amount of a purchase (Fader & Hardie note 025, eq. 5)
select
    customer_id::varchar as customer_id,
    spend_days,
    case when spend_days > 0 then spend::double / spend_days end as monetary_value,
    case
        when frequency is not null
            then ($weight * $population_mean + $p * coalesce(spend, 0)::double) / ($p * coalesce(spend_days, 0) + $weight)
    end as expected_spend
from customers
order by customer_id
