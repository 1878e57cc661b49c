-- value/contribution/workbook_records.sql: the records behind each figure of the drilled customers; what is taken off stands with a
-- minus. Of each figure the $most largest are listed, the others are one row (kind further, how many in units); kind rounding: what
-- exact amounts and whole cents differ by. So the rows of a figure add up to it to the cent
with sold as (
    select
        customer_id,
        date as day,
        file_id,
        record,
        document_id,
        product_id as what,
        quantity as units,
        unnest([
            {'figure': 'gross', 'amount': gross, 'mark': ''},
            {'figure': 'discount', 'amount': -discount, 'mark': ''},
            {'figure': 'bonus', 'amount': -bonus, 'mark': ''},
            {'figure': 'goods', 'amount': -goods, 'mark': if(is_estimated, 'estimated', '')}
        ]) as one
    from sale_lines
    where customer_id in (select customer_id from drilled) and ($year::integer is null or "year" = $year)
),

found as (
    select
        customer_id,
        one.figure as figure,
        day,
        'transactions' as source,
        file_id,
        record,
        document_id,
        what,
        units,
        null::decimal(18, 6) as rate,
        one.amount as amount,
        one.mark as mark
    from sold
    where one.amount <> 0
    union all
    select customer_id, 'cash_discount', date, 'payments', file_id, record, document_id, null, null, null, -amount, ''
    from cash_discounts
    where customer_id in (select customer_id from drilled) and "year" is not null and ($year::integer is null or "year" = $year)
    union all
    select
        customer_id,
        stage::varchar,
        date,
        source::varchar,
        file_id,
        record,
        null,
        what,
        units,
        rate,
        -amount,
        if(is_assumed, 'assumed', '')
    from cost_lines
    where customer_id in (select customer_id from drilled)
        and $is_served
        and amount is not null
        and ($year::integer is null or year(date) = $year)
),

sized as (
    select
        *,
        row_number() over (partition by customer_id, figure order by abs(amount) desc, day, source, file_id, record) <= $most as is_listed
    from found
),

figures as (
    unpivot (
        select customer_id, gross, discount, bonus, cash_discount, goods, marketing, sales, service, logistics
        from workbook_customers
        where customer_id in (select customer_id from drilled)
    )
    on gross, discount, bonus, cash_discount, goods, marketing, sales, service, logistics
    into name figure value amount
),

summed as (
    select customer_id, figure, sum(amount) as amount from found group by customer_id, figure
),

rows_of as (
    select * exclude (is_listed), 'record' as kind from sized where is_listed
    union all
    select customer_id, figure, null, null, null, null, null, null, count(*), null, sum(amount), '', 'further'
    from sized
    where not is_listed
    group by customer_id, figure
    union all
    select
        customer_id,
        figures.figure,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        figures.amount - coalesce(summed.amount, 0),
        '',
        'rounding'
    from figures
    left join summed using (customer_id, figure)
    where figures.amount <> coalesce(summed.amount, 0)
)

select
    drilled.number,
    customer_id,
    figure,
    kind,
    day,
    coalesce(source, '') as source,
    file_id,
    record,
    coalesce(document_id, '') as document_id,
    coalesce(what, '') as what,
    units::double as units,
    rate::double as rate,
    amount::double as amount,
    mark
from rows_of
inner join drilled using (customer_id)
order by
    drilled.number,
    array_position(['gross', 'discount', 'bonus', 'cash_discount', 'goods', 'marketing', 'sales', 'service', 'logistics'], figure),
    array_position(['record', 'further', 'rounding'], kind),
    day,
    source,
    file_id,
    record
