-- value/components/portfolio_contribution.sql: criterion contribution: the residual value; expected purchases where there is no money
select
    customer_id,
    coalesce(clv::double, expected_purchases) as contribution
from judged
where level in ('customer', 'segment')
