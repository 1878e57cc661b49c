-- value/criteria/bargains.sql: share of contribution bought on promotion; where no line tells, bought well below the usual price. Promotions
-- that leave nothing, or more than the whole, make the share of contribution meaningless: then that of revenue counts
with told as (
    select
        customer_id,
        case when promotion_share is null then bargain_share else promotion_share end as of_revenue,
        case when promotion_share is null then bargain_contribution_share else promotion_contribution_share end as of_contribution
    from criterion_features
),

shares as (
    select customer_id, case when of_contribution between 0 and 1 then of_contribution else of_revenue end as share from told
)

select customer_id, 10 * (1 - share) as points, null::double[] as measures, [share] as facts, false as is_weak
from shares
where share is not null
