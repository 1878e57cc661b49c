-- value/components/groups.sql: customers and money of each group, and of all groups of its kind together
with summed as (
    select
        grouped.grouping,
        min(grouped.place) as place,
        grouped.name,
        count(*) as customers,
        sum(member_money.revenue)::decimal(18, 2) as revenue,
        sum(member_money.db1)::decimal(18, 2) as db1,
        sum(member_money.db2)::decimal(18, 2) as db2,
        sum(member_money.db3)::decimal(18, 2) as db3,
        sum(member_money.db4)::decimal(18, 2) as db4,
        sum(member_money.past)::decimal(18, 2) as past,
        sum(member_money.clv)::decimal(18, 2) as clv,
        sum(member_money.value)::decimal(18, 2) as value,
        sum(member_money.potential)::decimal(18, 2) as potential
    from grouped
    inner join member_money using (customer_id)
    group by grouped.grouping, grouped.name
)

select
    *,
    (sum(customers) over everybody)::bigint as customers_of_all,
    (sum(revenue) over everybody)::decimal(18, 2) as revenue_of_all,
    (sum(db1) over everybody)::decimal(18, 2) as db1_of_all,
    (sum(db2) over everybody)::decimal(18, 2) as db2_of_all,
    (sum(db3) over everybody)::decimal(18, 2) as db3_of_all,
    (sum(db4) over everybody)::decimal(18, 2) as db4_of_all,
    (sum(past) over everybody)::decimal(18, 2) as past_of_all,
    (sum(clv) over everybody)::decimal(18, 2) as clv_of_all,
    (sum(value) over everybody)::decimal(18, 2) as value_of_all,
    (sum(potential) over everybody)::decimal(18, 2) as potential_of_all
from summed
window everybody as (partition by grouping)
order by grouping, place, name nulls last
