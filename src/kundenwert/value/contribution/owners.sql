-- value/contribution/owners.sql: the steps by year, of customers and of what belongs to none of ours; together they are the company
select
    coalesce(unallocated, 'customers') as owner,
    "year",
    count(distinct customer_id) as customers,
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
    sum(assumed)::decimal(24, 2) as assumed
from contribution
where $year::integer is null or "year" = $year
group by unallocated, "year"
order by unallocated nulls first, "year" nulls last
