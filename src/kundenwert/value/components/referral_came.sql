-- value/components/referral_came.sql: who came by whose recommendation and bought: one row a recommended customer, with the own value.
-- Who was recommended by several counts for the first; who had bought long before did not come by the recommendation; nobody recommends
-- himself. share: of the value that would not be there without the recommendation
with came as (
    select
        customer_id,
        arg_min(recommender_id, (coalesce(date, date '0001-01-01'), recommender_id)) as recommender_id,
        arg_min(lower(trim(coalesce(kind, ''))), (coalesce(date, date '0001-01-01'), recommender_id)) as kind,
        min(date) as date
    from ledger_referrals
    where coalesce(date, date '0001-01-01') <= $as_of and recommender_id is not null and recommender_id <> customer_id
    group by customer_id
),

bought as (
    select
        came.customer_id,
        came.recommender_id,
        judged.past,
        judged.clv,
        case
            when list_contains($new_kinds, came.kind) then 'new'
            when list_contains($anyway_kinds, came.kind) then 'anyway'
            else 'unknown'
        end as type,
        coalesce(records.acquisition_cost, $cost::decimal(18, 6)) as cost
    from came
    inner join judged on came.customer_id = judged.customer_id
    left join ledger_customers as records on came.customer_id = records.customer_id
    where came.date is null or judged.first_purchase >= came.date - $late_days::integer
)

select
    *,
    case type when 'new' then 1 when 'anyway' then 0 else $share_new::decimal(9, 6) end as share
from bought
