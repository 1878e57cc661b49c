-- base/features/bargain_share.sql: what of each customer's revenue and contribution was bought at least 10 % below the usual price of its
-- product: the median over all lines of what is paid of the list price, so that a new price list is no bargain. Returns and
-- cancellations are taken off; lines without a list price do not count
with signed as (
    select
        customer_id,
        coalesce(product_id, product_group) as product,
        amount,
        cost,
        list_amount,
        discount,
        line_class = 'kept' as is_sale,
        if(amount < 0 or (amount = 0 and quantity < 0), -1, 1) as sign
    from ledger_lines
    where date <= date '1970-01-01' + $as_of::integer
        and customer_id is not null
        and amount is not null
        and not is_non_product
        and (list_amount is not null or discount is not null)
),

priced as (
    select
        customer_id,
        product,
        amount,
        cost,
        is_sale,
        (amount / nullif(coalesce(sign * abs(list_amount), amount + sign * abs(discount)), 0))::double as paid_of_list
    from signed
    where product is not null
),

usual as (
    select product, quantile_disc(paid_of_list, 0.5) as usual_share
    from priced
    where is_sale and amount > 0
    group by product
),

sums as (
    select
        customer_id,
        sum(amount)::double as revenue,
        coalesce(sum(amount) filter (where paid_of_list <= 0.9 * usual_share + 1e-9), 0)::double as bargains,
        sum(amount - cost)::double as contribution,
        coalesce(sum(amount - cost) filter (where paid_of_list <= 0.9 * usual_share + 1e-9), 0)::double as bargain_contribution
    from priced
    inner join usual using (product)
    group by customer_id
)

select
    customer_id,
    case when revenue > 0.005 then greatest(0, least(1, bargains / revenue)) end as bargain_share,
    case when contribution > 0.005 then bargain_contribution / contribution end as bargain_contribution_share
from sums
