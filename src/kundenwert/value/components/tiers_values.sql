-- value/components/tiers_values.sql: each measure of all customers with a level, in any order
select
    revenue::double as revenue,
    db1::double as db1,
    db2::double as db2,
    db3::double as db3,
    db4::double as db4,
    past::double as past,
    clv::double as clv,
    value::double as value
from member_money
where level <> 'none'
