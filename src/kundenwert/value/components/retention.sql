-- value/components/retention.sql: the chance to buy again within the horizon, and to be a customer at its end, with 90 % bounds: what the
-- parameters may be ($z standard deviations), and how far the chances of the earlier day were off beyond chance ($off). A contract that
-- lasts more surely than purchases do keeps the customer
with agreed as (
    select
        customer_id,
        power(stays, $horizon::double / 365.25) as stays
    from contracts_staying
),

known as (
    select
        judged.customer_id,
        rhythm_now.buys_again,
        $z::double * sqrt(rhythm_now.buys_spread ** 2 + $off::double ** 2) as buys_width,
        agreed.stays >= coalesce(rhythm_now.stays, 0) as is_agreed,
        if(agreed.stays >= coalesce(rhythm_now.stays, 0), agreed.stays, rhythm_now.stays) as stays,
        if(
            agreed.stays >= coalesce(rhythm_now.stays, 0),
            $z::double * sqrt(agreed.stays * (1 - agreed.stays) / nullif($contracts::double, 0)),
            $z::double * sqrt(rhythm_now.stays_spread ** 2 + $off::double ** 2)
        ) as stays_width
    from judged
    left join rhythm_now on judged.customer_id = rhythm_now.customer_id
    left join agreed on judged.customer_id = agreed.customer_id
)

select
    customer_id,
    round(buys_again, 4) as buys_again,
    round(greatest(buys_again - buys_width, 0), 4) as buys_again_lower,
    round(least(buys_again + buys_width, 1), 4) as buys_again_upper,
    round(stays, 4) as stays,
    round(greatest(stays - stays_width, 0), 4) as stays_lower,
    round(least(stays + stays_width, 1), 4) as stays_upper,
    case when stays is null then null when is_agreed then 'contract' else 'purchases' end as stays_from
from known
where buys_again is not null or stays is not null
