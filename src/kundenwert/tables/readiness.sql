-- tables/readiness.sql: how much the booked lines of customers say, up to a day ($as_of, null: all): span of days, filled cells
select
    count(*) as lines,
    count(amount) as amount,
    count(cost) as cost,
    count(product_id) as product_id,
    count(product_group) as product_group,
    count(document_id) as document_id,
    count(quantity) as quantity,
    max(day) - min(day) as days,
    date '1970-01-01' + min(day) as first_day,
    date '1970-01-01' + max(day) as last_day
from booked
where $as_of::integer is null or day <= $as_of
