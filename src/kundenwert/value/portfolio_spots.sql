-- value/portfolio_spots.sql: where the customers of most value so far stand in the portfolio (most purchases where there is no money)
select
    position,
    attractiveness,
    coalesce(past::double, frequency::double + 1) as amount
from valued_customers
where portfolio is not null and level <> 'objected' and coalesce(past::double, frequency::double + 1) > 0
order by amount desc, customer_id
limit $count
