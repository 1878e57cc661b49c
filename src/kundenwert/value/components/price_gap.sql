-- value/components/price_gap.sql: what a customer paid less in the last year than all others paid for the same mix of product groups, and the same
-- of the year before. The list price of a line is its list amount, else its amount before discount; lines with neither do not count
with signed as (
    select
        customer_id,
        -- Without groups a product is its own.
        coalesce(product_group, product_id, '') as assortment,
        date > $as_of::date - 365 as is_now,
        amount,
        list_amount,
        discount,
        -- A free line is a sale, unless pieces come back.
        amount < 0 or (amount = 0 and quantity < 0) as is_back
    from ledger_lines
    where date > $as_of::date - 730
        and date <= $as_of::date
        and customer_id is not null
        and amount is not null
        and not is_non_product
        and (list_amount is not null or discount is not null)
),

listed_lines as (
    select
        customer_id,
        assortment,
        is_now,
        amount,
        case
            when list_amount is not null then if(is_back, -abs(list_amount), abs(list_amount))
            else (amount + if(is_back, -abs(discount), abs(discount)))::decimal(18, 6)
        end as listed
    from signed
),

by_assortment as (
    select
        customer_id,
        assortment,
        is_now,
        sum(amount) as paid,
        sum(listed) as listed
    from listed_lines
    group by customer_id, assortment, is_now
),

everybody as (
    select assortment, is_now, sum(paid) as paid, sum(listed) as listed from by_assortment group by assortment, is_now
),

-- Nobody is a peer of himself. Customers who are in no list count among the others all the same.
beside_others as (
    select
        by_assortment.*,
        (everybody.paid - by_assortment.paid)::double as others_paid,
        (everybody.listed - by_assortment.listed)::double as others_listed
    from by_assortment
    inner join everybody using (assortment, is_now)
),

-- Hundredths of a cent: sums of doubles would depend on their order.
missed as (
    select
        customer_id,
        is_now,
        sum((listed::double * others_paid / others_listed)::decimal(24, 4) - paid) as missing,
        sum(listed) as listed
    from beside_others
    where others_listed > 0.005
    group by 1, 2
),

years as (
    select
        customer_id,
        sum(missing) filter (where is_now and listed > 0) as now,
        sum(missing) filter (where not is_now and listed > 0) as before
    from missed
    group by customer_id
)

select
    judged.customer_id,
    greatest(years.now, 0)::decimal(18, 2) as price_gap,
    -- Against half a year of lines a whole one would always look worse.
    case
        when reach.days >= 700 and years.before is not null then greatest(years.now, 0) - greatest(years.before, 0)
    end::decimal(18, 2) as price_gap_change
from judged
inner join years using (customer_id)
cross join (select $as_of::date - min(date) as days from ledger_lines) as reach
where years.now is not null
