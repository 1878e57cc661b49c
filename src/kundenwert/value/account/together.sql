-- value/account/together.sql: sums over the members of the group
select
    count(*) as customers,
    sum(past)::decimal(18, 2) as past,
    sum(clv)::decimal(18, 2) as clv,
    sum(clv_lower)::decimal(18, 2) as clv_lower,
    sum(clv_upper)::decimal(18, 2) as clv_upper,
    sum("value")::decimal(18, 2) as "value",
    sum(revenue_year)::decimal(18, 2) as revenue_year,
    sum(potential_revenue)::decimal(18, 2) as potential_revenue,
    sum(gap_revenue)::decimal(18, 2) as gap_revenue,
    count(potential_revenue) as with_potential
from account_members
