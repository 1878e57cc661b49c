-- value/components/ladder.sql: how far each customer has come: first purchase, repeated, regular, recommended somebody who bought
with recommended as (
    select
        ledger_referrals.recommender_id as customer_id,
        count(distinct ledger_referrals.customer_id) as recommended
    from ledger_referrals
    inner join rhythm_now on ledger_referrals.customer_id = rhythm_now.customer_id
    where coalesce(ledger_referrals.date, date '1970-01-01') <= date '1970-01-01' + $now::integer
        and ledger_referrals.recommender_id <> ledger_referrals.customer_id
    group by ledger_referrals.recommender_id
)

select
    judged.customer_id,
    case
        when coalesce(recommended.recommended, 0) > 0 then 'recommender'
        when rhythm_now.frequency + 1 >= $regular_purchases then 'regular'
        when rhythm_now.frequency > 0 then 'repeat'
        else 'first'
    end as rung,
    coalesce(recommended.recommended, 0)::integer as recommended
from judged
inner join rhythm_now using (customer_id)
left join recommended using (customer_id)
