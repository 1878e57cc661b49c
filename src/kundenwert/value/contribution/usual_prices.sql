-- value/contribution/usual_prices.sql: what a piece of each product usually costs at list price, by calendar year: for free goods of which
-- the line tells no list price. The mean over all pieces sold; in a year without any, that of all years. One row a product and year
with free_goods as (
    select distinct product_id, year(date)::integer as "year"
    from ledger_lines
    where date <= getvariable('contribution_until')::date
        and amount = 0
        and list_amount is null
        and coalesce(discount, 0) = 0
        and quantity <> 0
        and product_id is not null
        and not is_non_product
),

sold as (
    select
        product_id,
        year(date)::integer as "year",
        sum(coalesce(abs(list_amount), amount + abs(coalesce(discount, 0)))) as listed,
        sum(quantity) as pieces
    from ledger_lines
    where date <= getvariable('contribution_until')::date
        and amount > 0
        and quantity > 0
        and product_id in (select product_id from free_goods)
    group by 1, 2
),

of_all_years as (
    select product_id, sum(listed)::double / sum(pieces)::double as price from sold group by product_id
)

select
    free_goods.product_id,
    free_goods."year",
    coalesce(sold.listed::double / sold.pieces::double, of_all_years.price)::decimal(18, 6) as price
from free_goods
inner join of_all_years using (product_id)
left join sold using (product_id, "year")
