-- value/components/portfolio_moves.sql: how many customers went from which field of the earlier run to which field today
select
    previous_customers.portfolio as before,
    component_portfolio.portfolio as now,
    count(*) as customers
from component_portfolio
inner join previous_customers using (customer_id)
where previous_customers.portfolio is not null and component_portfolio.portfolio is not null
group by all
order by all
