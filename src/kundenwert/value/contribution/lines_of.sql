-- value/contribution/lines_of.sql: every record behind the result of one customer, by figure: what it is and its exact money
with sold as (
    select
        date as day,
        file_id,
        record,
        concat_ws(' ', document_id, product_id) as what,
        quantity as units,
        unnest([
            {'figure': 'gross', 'amount': gross, 'mark': ''},
            {'figure': 'discount', 'amount': discount, 'mark': ''},
            {'figure': 'bonus', 'amount': bonus, 'mark': ''},
            {'figure': 'goods', 'amount': goods, 'mark': if(is_estimated, 'estimated', '')}
        ]) as one
    from sale_lines
    where customer_id = $customer and ($year::integer is null or "year" = $year)
),

found as (
    select
        one.figure as figure,
        day,
        'transactions' as source,
        file_id,
        record,
        what,
        units,
        null as rate,
        one.amount as amount,
        one.mark as mark
    from sold
    where one.amount <> 0
    union all
    select 'cash_discount', date, 'payments', file_id, record, document_id, null, null, amount, ''
    from cash_discounts
    where customer_id = $customer and "year" is not null and ($year::integer is null or "year" = $year)
    union all
    select stage::varchar, date, source::varchar, file_id, record, what, units, rate, amount, if(is_assumed, 'assumed', '')
    from cost_lines
    where customer_id = $customer and amount is not null and ($year::integer is null or year(date) = $year)
)

select
    figure,
    day,
    source,
    file_id,
    record,
    coalesce(what, '') as what,
    units::decimal(18, 6) as units,
    rate::decimal(18, 6) as rate,
    amount::decimal(18, 6) as amount,
    mark
from found
order by figure, day, source, file_id, record
