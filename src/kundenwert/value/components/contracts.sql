-- value/components/contracts.sql: of each customer with a running contract the fee a month, the chance that it runs in a year, the months to
-- come and the value within the horizon; of customers who pay nothing so far what they are worth by turning into paying ones
with valued as (
    select
        contracts_known.customer_id,
        contracts_known.fee,
        case
            when contracts_known.months_known is null then nullif(contracts_worth.stays, 'nan'::double)
            else if(contracts_known.months_known > 12, 1.0, 0.0)
        end as stays,
        coalesce(contracts_known.months_known, nullif(contracts_worth.months, 'nan'::double)) as months,
        contracts_known.fee::double * $margin::double * coalesce(contracts_annuities.factor, nullif(contracts_worth.factor, 'nan'::double))
            as worth
    from contracts_known
    left join contracts_worth using (tariff, age)
    left join contracts_annuities on contracts_known.months_known = contracts_annuities.months
    where contracts_known.fee > 0 and not contracts_known.is_over
),

paying as (
    select
        customer_id,
        sum(fee)::decimal(18, 2) as contract_fee,
        round(avg(stays::decimal(18, 12)), 4) as contract_stays,
        round(avg(months::decimal(18, 6)), 2) as contract_months,
        -- One contract of which nothing is known leaves the sum unknown.
        if(count(worth) = count(*), sum(worth::decimal(18, 2)), null)::decimal(18, 2) as contract_value
    from valued
    group by customer_id
),

free as (
    select distinct customer_id from contracts_free where not is_converted and not is_over
)

select
    customer_id,
    paying.contract_fee,
    paying.contract_stays,
    paying.contract_months,
    paying.contract_value,
    if(free.customer_id is null, null, $free_value)::decimal(18, 2) as free_user_value
from paying
full join free using (customer_id)
