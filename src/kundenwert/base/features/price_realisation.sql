-- base/features/price_realisation.sql: paid over list price of each customer, against all others for the same product groups, and its
-- trend. The list price of a line is its list amount, else its amount before discount; lines with neither do not count.
with signed as (
    select
        customer_id,
        -- Without groups a product is its own.
        coalesce(product_group, product_id, '') as assortment,
        date '1970-01-01' + $as_of::integer - date as age_days,
        amount,
        list_amount,
        discount,
        -- A free line is a sale, unless pieces come back.
        if(amount < 0 or (amount = 0 and quantity < 0), -1, 1) as sign
    from ledger_lines
    where date <= date '1970-01-01' + $as_of::integer
        and customer_id is not null
        and amount is not null
        and not is_non_product
        and (list_amount is not null or discount is not null)
),

priced as (
    select *, coalesce(sign * abs(list_amount), amount + sign * abs(discount)) as listed from signed
),

by_assortment as (
    select
        customer_id,
        assortment,
        sum(amount)::double as paid,
        sum(listed)::double as listed,
        coalesce(sum(amount) filter (where age_days < 365), 0)::double as paid_now,
        coalesce(sum(listed) filter (where age_days < 365), 0)::double as listed_now,
        coalesce(sum(amount) filter (where age_days between 365 and 729), 0)::double as paid_before,
        coalesce(sum(listed) filter (where age_days between 365 and 729), 0)::double as listed_before
    from priced
    group by customer_id, assortment
),

-- Nobody is a peer of himself.
others as (
    select *, sum(paid) over everybody - paid as others_paid, sum(listed) over everybody - listed as others_listed
    from by_assortment
    window everybody as (partition by assortment)
),

beside_others as (
    select *, case when others_listed > 0.005 then others_paid / others_listed end as of_others from others
)

select
    customer_id,
    case when sum(listed) > 0.005 then sum(paid) / sum(listed) end as price_realisation,
    case
        when sum(listed * of_others) > 0.005 then sum(paid) filter (where of_others is not null) / sum(listed * of_others)
    end as price_against_peers,
    case
        when sum(listed_now) > 0.005 and sum(listed_before) > 0.005
            then sum(paid_now) / sum(listed_now) - sum(paid_before) / sum(listed_before)
    end as price_trend
from beside_others
group by customer_id
