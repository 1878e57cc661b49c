-- value/account/years.sql: the result of the members by calendar year, the newest first
select
    "year",
    sum(revenue)::decimal(18, 2) as revenue,
    sum(db1)::decimal(18, 2) as db1,
    sum(db2)::decimal(18, 2) as db2,
    sum(db3)::decimal(18, 2) as db3,
    sum(db4)::decimal(18, 2) as db4
from contribution
inner join account_members using (customer_id)
where unallocated is null
group by "year"
order by "year" desc
limit 3
