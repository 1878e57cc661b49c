-- base/features/promotion_share.sql: what of each customer's revenue and contribution was bought on promotion; lines of files that do not
-- tell do not count, returns and cancellations are taken off
with sums as (
    select
        customer_id,
        sum(amount)::double as revenue,
        coalesce(sum(amount) filter (where promotion), 0)::double as on_promotion,
        sum(amount - cost)::double as contribution,
        coalesce(sum(amount - cost) filter (where promotion), 0)::double as promoted_contribution
    from ledger_lines
    where date <= date '1970-01-01' + $as_of::integer
        and customer_id is not null
        and promotion is not null
        and not is_non_product
    group by customer_id
)

select
    customer_id,
    -- A return without the flag of its sale may take a part below 0 or above the whole.
    case when revenue > 0.005 then greatest(0, least(1, on_promotion / revenue)) end as promotion_share,
    case when contribution > 0.005 then promoted_contribution / contribution end as promotion_contribution_share
from sums
