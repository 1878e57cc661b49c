-- sources/extent.sql: how many records, and how long or large the numbers of each role get
select
    count(*) as lines,
    max(amount_length) as amount_length,
    max(amount_size) as amount_size,
    max(gross_amount_length) as gross_amount_length,
    max(gross_amount_size) as gross_amount_size,
    max(tax_length) as tax_length,
    max(tax_size) as tax_size,
    max(quantity_length) as quantity_length,
    max(quantity_size) as quantity_size,
    max(price_length) as price_length,
    max(price_size) as price_size,
    max(cost_length) as cost_length,
    max(cost_size) as cost_size,
    max(list_amount_length) as list_amount_length,
    max(list_amount_size) as list_amount_size,
    max(discount_length) as discount_length,
    max(discount_size) as discount_size
from inspected_extent
