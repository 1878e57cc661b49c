-- tables/classes.sql: the one pass that reconciliation, document days and the default as-of day come from:
-- lines and money of each day, class and currency, and what of them is flagged
select
    day,
    line_class,
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
order by all
