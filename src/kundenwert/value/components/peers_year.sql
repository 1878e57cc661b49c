-- value/components/peers_year.sql: what each customer bought in the year up to the as-of day, and by what it can be compared.
-- attributes: in the order of $names. Customers without a line are those of whom only a record is known: they are not in the value table
with bought as (
    select customer_id::varchar as customer_id, sum(amount)::decimal(18, 2) as revenue_year
    from booked
    where day > ($as_of::date - date '1970-01-01') - 365 and day <= $as_of::date - date '1970-01-01'
    group by 1
),

records as (
    select
        customer_id,
        nullif(trim(industry), '') as industry,
        -- Where private persons live tells more than it should.
        if(kind = 'b2c', null, nullif(trim(region), '')) as region,
        kind,
        nullif(trim(segment), '') as segment,
        -- The limits of the EU recommendation 2003/361/EC for micro, small and medium companies.
        case
            when employees < 10 then '0-9'
            when employees < 50 then '10-49'
            when employees < 250 then '50-249'
            when employees is not null then '250+'
        end as size
    from ledger_customers
)

select
    judged.customer_id,
    coalesce(bought.revenue_year, 0)::decimal(18, 2) as revenue_year,
    coalesce(judged."T" >= 365, false) as is_whole_year,
    list_transform(
        $names::varchar[],
        lambda name: case name
            when 'industry' then records.industry
            when 'region' then records.region
            when 'kind' then records.kind
            when 'segment' then records.segment
            when 'size' then records.size
        end
    ) as attributes
from judged
left join bought using (customer_id)
left join records using (customer_id)
