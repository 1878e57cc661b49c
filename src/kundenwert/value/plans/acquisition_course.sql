-- value/plans/acquisition_course.sql: what is booked of customers won, by each key they belong to and month since the first purchase
with told as (
    select
        plan_money.month,
        plan_money.nominal,
        plan_money.discounted,
        unnest([
            {'key': 'channel', 'code': plan_codes.channel},
            {'key': 'industry', 'code': plan_codes.industry},
            {'key': 'region', 'code': plan_codes.region},
            {'key': 'quarter', 'code': plan_codes.quarter},
            {'key': 'product', 'code': plan_codes.product}
        ]) as belongs
    from plan_money
    inner join plan_codes using (customer_id)
    where plan_money.is_within
)

select
    belongs.key as key,
    belongs.code as code,
    month,
    sum(nominal)::double as nominal,
    sum(discounted)::double as discounted
from told
group by all
order by all
