-- value/components/margin_multiple_year.sql: of each customer the group, whether it bought in the year before, its purchases and margin of the
-- last 365 days. $by: the column of the customer records that makes groups, or nothing
with bought as (
    select
        number,
        count(*) filter (where day > ($as_of::date - date '1970-01-01') - 365) as purchases,
        coalesce(
            bool_or(day > ($as_of::date - date '1970-01-01') - 730 and day <= ($as_of::date - date '1970-01-01') - 365), false
        ) as was_there
    from purchases_now
    group by number
),

records as (
    select
        customer_id,
        coalesce(
            case $by when 'segment' then trim(segment) when 'industry' then trim(industry) when 'region' then trim(region) when 'kind' then kind end,
            ''
        ) as name
    from ledger_customers
)

select
    judged.customer_id,
    coalesce(records.name, '') as name,
    bought.was_there,
    bought.purchases,
    margin_year.margin
from judged
inner join rhythm_now using (customer_id)
inner join bought using (number)
inner join margin_year using (customer_id)
left join records using (customer_id)
