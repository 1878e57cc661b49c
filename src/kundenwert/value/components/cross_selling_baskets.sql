-- value/components/cross_selling_baskets.sql: who has bought what as known on three days: the as-of day, $span days before, and as many before that.
-- Owned: more pieces bought than given back until then. Taken up: owned before, no; bought within the span, yes. contribution: of what was
-- taken up within the last span
with pieces as (
    select
        customer_id,
        coalesce(product_group, product_id) as product_group,
        ($as_of::date - date '1970-01-01') - day as age,
        coalesce(quantity, amount, 1) as piece,
        case when $margin::double is not null then amount - coalesce(cost, amount * $cost_share::decimal(18, 6)) end as contribution
    from booked
    where day <= $as_of::date - date '1970-01-01' and not is_non_product
),

summed as (
    select
        customer_id::varchar as customer_id,
        product_group,
        sum(piece) > 0 as owned_now,
        coalesce(sum(piece) filter (where age >= $span), 0) > 0 as owned_then,
        coalesce(sum(piece) filter (where age >= 2 * $span), 0) > 0 as owned_before,
        coalesce(sum(piece) filter (where age < $span), 0) > 0 as bought_since,
        coalesce(sum(piece) filter (where age >= $span and age < 2 * $span), 0) > 0 as bought_then,
        sum(contribution) filter (where age < $span) as contribution
    from pieces
    group by 1, 2
)

select
    cross_selling_customers.place,
    cross_selling_groups.group_place,
    owned_now,
    owned_then,
    owned_before,
    bought_since and not owned_then as taken_since,
    bought_then and not owned_before as taken_then,
    contribution
from summed
inner join cross_selling_groups using (product_group)
inner join cross_selling_customers using (customer_id)
order by place, group_place
