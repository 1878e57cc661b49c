-- value/components/contracts_known.sql: each contract of a customer who may be judged, as known on the as-of day: fee a month over its
-- positions, months since its start, whether it is over, and in how many months it will be where it is cancelled already
with contracts as (
    select
        contract_id,
        customer_id,
        coalesce(min(trim(tariff)), '') as tariff,
        min("start") as first_day,
        sum(case period when 'year' then amount / 12 else amount end)::decimal(18, 6) as fee,
        max(cancelled_on) filter (where cancelled_on <= $as_of::date) as cancelled_on,
        -- One position without an end keeps the contract going.
        if(count(*) = count("end"), max("end"), null) as last_day
    from ledger_contracts
    where "start" <= $as_of::date and amount is not null
    group by contract_id, customer_id
),

dated as (
    select
        contracts.*,
        case
            when last_day <= $as_of::date then last_day
            when cancelled_on is not null then coalesce(last_day, cancelled_on)
        end as left_on
    from contracts
    inner join judged using (customer_id)
)

select
    contract_id,
    customer_id,
    tariff,
    first_day,
    fee,
    left_on,
    coalesce(left_on <= $as_of::date, false) as is_over,
    floor(greatest(least(coalesce(left_on, $as_of::date), $as_of::date) - first_day, 0) / 30.4375)::integer as age,
    case when left_on > $as_of::date then least(ceil((left_on - $as_of::date) / 30.4375), $months)::integer end as months_known
from dated
