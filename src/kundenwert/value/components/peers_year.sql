-- value/components/peers_year.sql: what each customer bought in the year up to the as-of day, and those attributes out of $names by which
-- it can be compared; combination: all of them as one text. Who has no line stands in no value table, only in the records
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
),

described as (
    select
        judged.customer_id,
        coalesce(bought.revenue_year, 0)::decimal(18, 2) as revenue_year,
        coalesce(judged."T" >= 365, false) as is_whole_year,
        if(list_contains($names::varchar[], 'industry'), records.industry, null) as industry,
        if(list_contains($names::varchar[], 'region'), records.region, null) as region,
        if(list_contains($names::varchar[], 'kind'), records.kind, null) as kind,
        if(list_contains($names::varchar[], 'segment'), records.segment, null) as segment,
        if(list_contains($names::varchar[], 'size'), records.size, null) as size
    from judged
    left join bought using (customer_id)
    left join records using (customer_id)
)

select
    *,
    -- Signs that occur in no cell stand between the values and for what is unknown.
    concat_ws(
        chr(31),
        coalesce(industry, chr(30)),
        coalesce(region, chr(30)),
        coalesce(kind, chr(30)),
        coalesce(segment, chr(30)),
        coalesce(size, chr(30))
    ) as combination
from described
