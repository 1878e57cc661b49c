-- value/place_of.sql: how many of the customers who are valued are worth more than one of them; by clv, without money by purchases
with measured as (
    select customer_id, coalesce(clv::double, expected_purchases) as measure
    from valued_customers
    where level in ('customer', 'segment')
),

own as (select measure from measured where customer_id = $customer)

select count(*) filter (where measured.measure > own.measure) as above, count(*) as customers
from measured
cross join own
having count(*) > 0
