-- tables/classes.sql: the one pass that reconciliation, document days and the default as-of day come from:
-- lines and money of each day, class and currency, and what of them is flagged. The pass groups by truth values, not by words.
with passed as (
    select
        day,
        bookable,
        customer_id is null as without_customer,
        is_cancellation,
        is_return,
        currency,
        count(*) as lines,
        coalesce(sum(amount), 0)::decimal(38, 6) as amount,
        count(*) filter (where is_free) as free_lines,
        count(*) filter (where is_non_product) as non_product_lines,
        coalesce(sum(amount) filter (where is_non_product), 0)::decimal(38, 6) as non_product_amount,
        count(*) filter (where is_negative_price) as negative_price_lines,
        coalesce(sum(amount) filter (where is_negative_price), 0)::decimal(38, 6) as negative_price_amount,
        count(*) filter (where amount > 0) as positive_lines,
        coalesce(sum(amount) filter (where amount > 0), 0)::decimal(38, 6) as positive_amount
    from lines
    group by all
)

select
    day,
    case
        when not bookable then 'rejected'
        when without_customer then 'without_customer'
        when is_cancellation then 'cancellation'
        when is_return then 'return'
        else 'kept'
    end as line_class,
    currency,
    sum(lines)::bigint as lines,
    sum(amount)::decimal(38, 6) as amount,
    sum(free_lines)::bigint as free_lines,
    sum(non_product_lines)::bigint as non_product_lines,
    sum(non_product_amount)::decimal(38, 6) as non_product_amount,
    sum(negative_price_lines)::bigint as negative_price_lines,
    sum(negative_price_amount)::decimal(38, 6) as negative_price_amount,
    sum(positive_lines)::bigint as positive_lines,
    sum(positive_amount)::decimal(38, 6) as positive_amount
from passed
group by all
order by all
