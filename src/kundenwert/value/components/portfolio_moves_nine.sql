-- value/components/portfolio_moves_nine.sql: how many customers went from which of nine fields of the earlier run to which field today
select
    previous_customers.portfolio_nine as before,
    component_portfolio.portfolio_nine as now,
    count(*) as customers
from component_portfolio
inner join previous_customers using (customer_id)
where previous_customers.portfolio_nine is not null and component_portfolio.portfolio_nine is not null
group by all
order by all
