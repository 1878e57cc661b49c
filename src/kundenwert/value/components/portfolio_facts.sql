-- value/components/portfolio_facts.sql: each field in a few figures; past and clv are null without money
select
    portfolio,
    portfolio_nine,
    count(*) as customers,
    sum(judged.past)::decimal(28, 2) as past,
    sum(judged.clv)::decimal(28, 2) as clv
from component_portfolio
inner join judged using (customer_id)
group by all
order by all
