-- value/components/cross_selling_lines.sql: the lines of products with customer and group as numbers; age: days before the as-of day. Group is null
-- where it is not among those looked at
select
    cross_selling_customers.place,
    cross_selling_groups.group_place,
    (($as_of::date - date '1970-01-01') - booked.day)::integer as age,
    coalesce(booked.quantity, booked.amount, 1)::decimal(18, 6) as piece,
    case
        when $margin::double is null then null
        when booked.cost is not null then (booked.amount - booked.cost)::decimal(18, 6)
        else (booked.amount - booked.amount * $cost_share::decimal(9, 6))::decimal(18, 6)
    end as contribution,
    booked.line_class = 'kept' as is_kept
from booked
inner join cross_selling_customers on booked.customer_id::varchar = cross_selling_customers.customer_id
left join cross_selling_groups on coalesce(booked.product_group, booked.product_id) = cross_selling_groups.product_group
where booked.day <= $as_of::date - date '1970-01-01' and not booked.is_non_product
