-- value/customers.sql: customers.parquet: one row a customer, sorted by id; money in cents, null where the yardstick is purchases.
-- Expected amount of a purchase: (weight population_mean + p spend) / (p spend_days + weight), Fader & Hardie note 025, eq. 5.
-- The first purchase is among spend and spend_days where counted_first is not null.
-- Margin: the customer's own, shrunk to that of the base as if the base had bought for $margin_weight more.
with valued as (
    select
        *,
        case
            when own_revenue::double + $margin_weight > 0
                then (own_past::double + $margin_weight * $margin) / (own_revenue::double + $margin_weight)
            else $margin
        end as margin,
        ($weight * $population_mean + $p * (coalesce(spend, 0) + coalesce(counted_first, 0))::double)
        / ($p * (coalesce(spend_days, 0) + (coalesce(counted_first, 0) > 0)::integer) + $weight)
        * (1 - $return_share) as expected_amount,
        $yardstick <> 'purchases' as has_money,
        -- Nothing is expected of a customer without a purchase left; of a collective customer nothing is known.
        case when frequency is null and not is_collective then 0 end as nothing
    from sorted_customers
)

select
    customer_id,
    date '1970-01-01' + first_day as first_purchase,
    date '1970-01-01' + last_day as last_purchase,
    frequency,
    last_day - first_day as recency,
    ($as_of - first_day)::integer as "T",
    spend_days,
    case when has_money and spend_days > 0 then spend / spend_days end::decimal(18, 2) as monetary_value,
    case when has_money then booked end as revenue,
    p_alive,
    coalesce(expected_purchases, nothing)::double as expected_purchases,
    coalesce(expected_purchases_lower, nothing)::double as expected_purchases_lower,
    coalesce(expected_purchases_upper, nothing)::double as expected_purchases_upper,
    case when has_money then coalesce(expected_purchases * expected_amount, nothing) end::decimal(18, 2) as expected_revenue,
    case when has_money then coalesce(spend_lower * expected_amount, nothing) end::decimal(18, 2) as expected_revenue_lower,
    case when has_money then coalesce(spend_upper * expected_amount, nothing) end::decimal(18, 2) as expected_revenue_upper,
    case when has_money then coalesce(discounted_purchases * expected_amount * margin, nothing) end::decimal(18, 2) as clv,
    case when has_money then coalesce(least(discounted_spend_lower * margin, discounted_spend_upper * margin) * expected_amount, nothing) end::decimal(18, 2) as clv_lower,
    case when has_money then coalesce(greatest(discounted_spend_lower * margin, discounted_spend_upper * margin) * expected_amount, nothing) end::decimal(18, 2) as clv_upper,
    case when has_money then coalesce(discounted_beyond * expected_amount * margin, nothing) end::decimal(18, 2) as clv_beyond,
    case when has_money then coalesce(contribution, booked) end as past,
    (case when has_money then coalesce(contribution, booked) end + coalesce(clv, 0))::decimal(18, 2) as value,
    case
        -- Apart from collective accounts only those who objected are kept from models.
        when is_collective
            then case when list_contains(getvariable('collective')::varchar[], customer_id) then 'none' else 'objected' end
        when frequency is null then 'none'
        when frequency = 0 then 'segment'
        else 'customer'
    end as level
from valued
