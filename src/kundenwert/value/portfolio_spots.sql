-- value/portfolio_spots.sql: where the customers with most $measure stand in the portfolio: contribution IV, value so far or purchases
select
    position,
    attractiveness,
    case $measure when 'db4' then db4::double when 'past' then past::double else frequency::double + 1 end as amount
from portfolio_money
where portfolio is not null and level <> 'objected' and amount > 0
order by amount desc, customer_id
limit $count
