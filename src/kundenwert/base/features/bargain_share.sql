-- base/features/bargain_share.sql: what of each customer's revenue and contribution was bought as a bargain: at least 5 % below what is
-- usually paid of the list price of the product, in a week in which others too paid so much less for its product group. So neither a new
-- price list nor terms that somebody has bargained for look like a promotion. In weeks in which fewer than five customers bought of
-- the group the price of the line alone decides. Returns and cancellations are taken off; lines without a list price do not count
with signed as (
    select
        customer_id,
        date_trunc('week', date) as week,
        coalesce(product_id, product_group) as product,
        coalesce(product_group, product_id) as assortment,
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
        week,
        product,
        assortment,
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

compared as (
    select priced.*, paid_of_list / usual_share as of_usual
    from priced
    inner join usual using (product)
),

weeks as (
    select assortment, week, quantile_disc(of_usual, 0.5) <= 0.95 + 1e-9 as is_cheap
    from compared
    where is_sale and amount > 0
    group by assortment, week
    having count(distinct customer_id) >= 5
),

judged as (
    select compared.*, of_usual <= 0.95 + 1e-9 and coalesce(weeks.is_cheap, true) as is_bargain
    from compared
    left join weeks using (assortment, week)
),

sums as (
    select
        customer_id,
        sum(amount)::double as revenue,
        coalesce(sum(amount) filter (where is_bargain), 0)::double as bargains,
        sum(amount - cost)::double as contribution,
        coalesce(sum(amount - cost) filter (where is_bargain), 0)::double as bargain_contribution
    from judged
    group by customer_id
)

select
    customer_id,
    case when revenue > 0.005 then greatest(0, least(1, bargains / revenue)) end as bargain_share,
    case when contribution > 0.005 then bargain_contribution / contribution end as bargain_contribution_share
from sums
