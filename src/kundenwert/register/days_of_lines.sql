-- register/days_of_lines.sql: tables/classes.sql for the booked lines of a ledger
select
    (date - date '1970-01-01')::integer as day,
    line_class,
    currency,
    count(*)::bigint as lines,
    coalesce(sum(amount), 0)::decimal(38, 6) as amount,
    count(*) filter (where is_free)::bigint as free_lines,
    count(*) filter (where is_non_product)::bigint as non_product_lines,
    coalesce(sum(amount) filter (where is_non_product), 0)::decimal(38, 6) as non_product_amount,
    count(*) filter (where is_negative_price)::bigint as negative_price_lines,
    coalesce(sum(amount) filter (where is_negative_price), 0)::decimal(38, 6) as negative_price_amount,
    count(*) filter (where amount > 0)::bigint as positive_lines,
    coalesce(sum(amount) filter (where amount > 0), 0)::decimal(38, 6) as positive_amount
from lines
group by all
order by all
