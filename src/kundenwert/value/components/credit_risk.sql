-- value/components/credit_risk.sql: what the residual value of each company with a usable credit index loses by the chance of a default
with lost as (
    select
        judged.customer_id,
        customer_features.default_probability as credit_default_chance,
        judged.clv,
        (-judged.clv * customer_features.default_probability)::decimal(18, 2) as credit_loss
    from judged
    inner join customer_features using (customer_id)
    where customer_features.default_probability is not null
)

select
    customer_id,
    credit_default_chance,
    credit_loss,
    (clv + credit_loss)::decimal(18, 2) as risk_adjusted_clv
from lost
