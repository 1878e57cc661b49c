-- value/portfolio_shares.sql: what the customers of each of the nine fields brought, in contribution IV
select
    portfolio_nine as field,
    sum(db4)::decimal(28, 2) as amount
from portfolio_money
where portfolio_nine is not null and level <> 'objected'
group by 1
order by 1
