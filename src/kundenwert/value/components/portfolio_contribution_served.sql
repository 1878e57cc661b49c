-- value/components/portfolio_contribution_served.sql: criterion contribution where cost to serve is known: expected revenue of the horizon times
-- contribution IV as share of revenue, the customer's own, drawn to that of all as if it had bought four average purchases more
with overall as (
    select
        (sum(db4) / nullif(sum(revenue), 0))::double as share,
        (4 * sum(revenue) / nullif(sum(frequency + 1), 0))::double as weight
    from judged
    where level in ('customer', 'segment') and db4 is not null
)

select
    judged.customer_id,
    coalesce(
        judged.expected_revenue::double
        * (coalesce(judged.db4, 0)::double + overall.weight * overall.share)
        / (case when judged.db4 is null then 0 else greatest(judged.revenue, 0) end::double + overall.weight),
        judged.clv::double
    ) as contribution
from judged
cross join overall
where judged.level in ('customer', 'segment')
