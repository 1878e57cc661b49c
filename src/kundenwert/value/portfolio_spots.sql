-- value/portfolio_spots.sql: where the customers with most $measure stand in the portfolio: contribution IV or value so far; purchases
-- where there is no money
select
    position,
    attractiveness,
    if($measure = 'db4', db4::double, coalesce(past::double, frequency::double + 1)) as amount
from portfolio_money
where portfolio is not null and level <> 'objected' and amount > 0
order by amount desc, customer_id
limit $count
