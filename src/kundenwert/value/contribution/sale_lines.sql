-- value/contribution/sale_lines.sql: each booked line up to the as-of day as the customer result sees it. Money of the line:
-- gross (at list price, else before its discount, else as booked) - discount - bonus = revenue; goods; lost_by_return: what a
-- product that came back had brought, less what it still was worth. Goods given for nothing are a discount of their whole price, which is
-- the usual one where the line tells none
with signed as (
    select
        *,
        if(amount < 0 or (amount = 0 and quantity < 0), -1, 1) as sign,
        -- Other lines are not searched for words.
        case when is_non_product then is_bonus(product_id, product_group, is_non_product) else false end as is_bonus_line
    from ledger_lines
    where date <= getvariable('contribution_until')::date and amount is not null
),

priced as (
    select
        signed.customer_id,
        signed.date,
        signed.file_id,
        signed.record,
        signed.document_id,
        signed.product_id,
        signed.quantity,
        signed.line_class,
        signed.is_non_product,
        signed.amount as revenue,
        if(is_bonus_line, -signed.amount, 0)::decimal(18, 6) as bonus,
        case
            when is_bonus_line then 0
            when signed.list_amount is not null then (sign * abs(signed.list_amount))
            when usual_prices.price is not null then (signed.quantity * usual_prices.price)
            when signed.discount is not null then (signed.amount + sign * abs(signed.discount))
            else signed.amount
        end::decimal(18, 6) as gross,
        case
            when signed.cost is not null then signed.cost
            when is_bonus_line then 0
            else signed.amount - (signed.amount::double * margins.margin)::decimal(18, 6)
        end::decimal(18, 6) as goods,
        signed.cost is null and not is_bonus_line as is_estimated
    from signed
    left join margins
        on signed.cost is null
        and signed.product_id is not distinct from margins.product_id
        and signed.product_group is not distinct from margins.product_group
    left join usual_prices
        on signed.amount = 0
        and signed.list_amount is null
        and coalesce(signed.discount, 0) = 0
        and not signed.is_non_product
        and signed.product_id = usual_prices.product_id
        and year(signed.date) = usual_prices."year"
)

select
    *,
    year(date)::integer as "year",
    (gross - bonus - revenue)::decimal(18, 6) as discount,
    if(line_class = 'return' and not is_non_product, goods - revenue, 0)::decimal(18, 6) as lost_by_return
from priced
