-- value/money_by_history.sql: expected amounts of a purchase and expected contributions, summed by history in the order of base/histories.sql
with priced as (
    select
        customers.frequency,
        customers.recency,
        customers.t,
        (coalesce(customers.spend, 0) + case when getvariable('counts_first') then coalesce(first_amount, 0) else 0 end)::double as paid,
        coalesce(customers.spend_days, 0) + case when getvariable('counts_first') and first_amount > 0 then 1 else 0 end as paid_days,
        ($weight * $population_mean + $p * paid) / ($p * paid_days + $weight) * (1 - $return_share) as amount,
        case
            when contributions.revenue::double + $margin_weight > 0
                then (contributions.past::double + $margin_weight * $margin) / (contributions.revenue::double + $margin_weight)
            else $margin
        end as margin
    from customers
    left join contributions on customers.customer_id = contributions.customer_id
    where customers.frequency is not null and not customers.is_collective and $yardstick <> 'purchases'
)

select
    frequency::bigint as frequency,
    recency::double as recency,
    t::double as t,
    count(*) as customers,
    sum(paid) as spend,
    sum(paid_days)::double as spend_days,
    sum(amount) as amount,
    sum(amount * amount) as square,
    sum(amount * margin) as contribution,
    sum(amount * margin * amount * margin) as contribution_square
from priced
group by frequency, recency, t
order by frequency, recency, t
