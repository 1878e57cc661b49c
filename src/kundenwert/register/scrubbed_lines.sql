-- register/scrubbed_lines.sql: the lines of a ledger; those of erased persons lose document and day and become alike: within a year, product,
-- class and kind of line each has the same quantity and money. Sums by year stay to the last digit, and so does the number of lines.
with marked as (
    select
        *,
        least(make_date(year(date), 12, 31), (select max(date) from scrubbed)) as year_end
    from scrubbed
    where is_erased(customer_id)
),

counted as (
    select
        *,
        count(*) over alike as lines,
        row_number() over (alike order by record) as place,
        (sum(quantity) over alike::decimal(30, 6) * 1000000)::hugeint as all_quantity,
        (sum(amount) over alike::decimal(30, 6) * 1000000)::hugeint as all_amount,
        (sum(cost) over alike::decimal(30, 6) * 1000000)::hugeint as all_cost,
        (sum(list_amount) over alike::decimal(30, 6) * 1000000)::hugeint as all_list_amount,
        (sum(discount) over alike::decimal(30, 6) * 1000000)::hugeint as all_discount,
        row_number() over (
            order by year_end, file_id, line_class, product_id, product_group, currency, is_free, is_non_product, is_negative_price,
                promotion, is_duplicate, sign(amount), sign(quantity), cost is null, list_amount is null, discount is null, record
        ) as number
    from marked
    window alike as (
        partition by
            year_end, file_id, line_class, product_id, product_group, currency, is_free, is_non_product, is_negative_price, promotion,
            is_duplicate, sign(amount), sign(quantity), cost is null, list_amount is null, discount is null
    )
),

evened as (
    select * exclude (lines, place, all_quantity, all_amount, all_cost, all_list_amount, all_discount, number, year_end) replace (
        'erased' as customer_id,
        year_end as date,
        null::varchar as document_id,
        null as price,
        part_of(all_quantity, lines, place) as quantity,
        part_of(all_amount, lines, place) as amount,
        part_of(all_cost, lines, place) as cost,
        part_of(all_list_amount, lines, place) as list_amount,
        part_of(all_discount, lines, place) as discount,
        -number as record
    )
    from counted
)

select * from scrubbed where not is_erased(customer_id)
union all by name
select * from evened
order by customer_id, date, file_id, record
