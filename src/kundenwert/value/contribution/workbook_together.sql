-- value/contribution/workbook_together.sql: the customers without a row of their own, summed by the reason
select
    reason,
    count(*) as customers,
    sum(gross)::decimal(24, 2) as gross,
    sum(discount)::decimal(24, 2) as discount,
    sum(bonus)::decimal(24, 2) as bonus,
    sum(revenue)::decimal(24, 2) as revenue,
    sum(cash_discount)::decimal(24, 2) as cash_discount,
    sum(net)::decimal(24, 2) as net,
    sum(goods)::decimal(24, 2) as goods,
    sum(db1)::decimal(24, 2) as db1,
    sum(marketing)::decimal(24, 2) as marketing,
    sum(db2)::decimal(24, 2) as db2,
    sum(sales)::decimal(24, 2) as sales,
    sum(db3)::decimal(24, 2) as db3,
    sum(service)::decimal(24, 2) as service,
    sum(logistics)::decimal(24, 2) as logistics,
    sum(db4)::decimal(24, 2) as db4,
    sum(estimated)::decimal(24, 2) as estimated,
    sum(assumed)::decimal(24, 2) as assumed,
    sum(orders)::decimal(24, 2) as orders,
    sum(visits)::decimal(24, 2) as visits,
    sum("returns")::decimal(24, 2) as "returns",
    sum(complaints)::decimal(24, 2) as complaints,
    sum(last_step_before)::decimal(24, 2) as last_step_before
from workbook_customers
where reason is not null
group by reason
order by reason desc
