-- value/contribution/figures_of.sql: the steps of one customer over a year, or over all of them; no row if there is no such customer
select
    sum(gross)::decimal(18, 2) as gross,
    sum(discount)::decimal(18, 2) as discount,
    sum(bonus)::decimal(18, 2) as bonus,
    sum(revenue)::decimal(18, 2) as revenue,
    sum(cash_discount)::decimal(18, 2) as cash_discount,
    sum(net)::decimal(18, 2) as net,
    sum(goods)::decimal(18, 2) as goods,
    sum(db1)::decimal(18, 2) as db1,
    sum(marketing)::decimal(18, 2) as marketing,
    sum(db2)::decimal(18, 2) as db2,
    sum(sales)::decimal(18, 2) as sales,
    sum(db3)::decimal(18, 2) as db3,
    sum(service)::decimal(18, 2) as service,
    sum(logistics)::decimal(18, 2) as logistics,
    sum(db4)::decimal(18, 2) as db4
from contribution
where customer_id = $customer and ($year::integer is null or "year" = $year)
having count(*) > 0
