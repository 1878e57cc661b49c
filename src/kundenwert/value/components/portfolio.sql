-- value/components/portfolio.sql: the portfolio of each customer; fields by their number from 1 on, 0 is none
select
    portfolio_customers.customer_id,
    ($fields::varchar[])[portfolio_scores.field] as portfolio,
    ($nine::varchar[])[portfolio_scores.nine] as portfolio_nine,
    nullif(portfolio_scores.attractiveness, 'nan'::double) as attractiveness,
    portfolio_scores.attractiveness_coverage,
    nullif(portfolio_scores.position, 'nan'::double) as position,
    portfolio_scores.position_coverage
from portfolio_customers
inner join portfolio_scores using (place)
