-- tables/lines.sql: every readable record with its line class (apart from the as-of day) and its flags
with judged as (
    select
        *,
        day is not null and (amount is not null or not amount_expected) and id_is_sound and not is_superseded as bookable,
        coalesce(
            list_contains(getvariable('cancellation_words')::varchar[], lower(kind))
            or regexp_matches(document_id, getvariable('cancellation_pattern')::varchar),
            false
        ) as is_cancellation,
        coalesce(list_contains(getvariable('return_words')::varchar[], lower(kind)), false)
        or coalesce(quantity, amount, 0) < 0 as is_return
    from current_lines
)

select
    file_id,
    record,
    customer_id,
    day,
    document_id,
    product_id,
    product_group,
    quantity,
    price,
    amount,
    cost,
    list_amount,
    discount,
    coalesce(currency, getvariable('currency')::varchar, '') as currency,
    promotion,
    bookable,
    is_cancellation,
    is_return,
    case
        when not bookable then 'rejected'
        when customer_id is null then 'without_customer'
        when is_cancellation then 'cancellation'
        when is_return then 'return'
        else 'kept'
    end as line_class,
    coalesce(amount = 0, false) as is_free,
    coalesce(list_contains(getvariable('non_products')::varchar[], product_id), false) as is_non_product,
    coalesce(price < 0 or (quantity >= 0 and amount < 0), false) as is_negative_price
from judged
