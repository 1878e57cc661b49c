-- tables/company/groups.sql: for each known customer once: who pays, the group it belongs to, and how far below the group's head it
-- stands. A customer without parent is its own group. A parent that is no customer itself heads the group all the same.
with recursive links as (
    select customer_id, parent_id
    from ledger_customers
    where parent_id is not null and parent_id <> customer_id
),

chain as (
    select customer_id, parent_id as ancestor, 1 as steps
    from links
    union all
    select chain.customer_id, links.parent_id as ancestor, chain.steps + 1 as steps
    from chain
    inner join links on chain.ancestor = links.customer_id
    -- No company is that deep: whoever gets here goes round in a circle.
    where chain.steps < 64
),

heads as (
    select customer_id, arg_max(ancestor, steps) as group_id, max(steps) as depth, bool_or(ancestor = customer_id) as in_circle
    from chain
    group by customer_id
)

select
    known_customers.customer_id,
    coalesce(ledger_customers.payer_id, known_customers.customer_id) as payer_id,
    coalesce(heads.group_id, known_customers.customer_id) as group_id,
    coalesce(heads.depth, 0) as depth,
    coalesce(heads.in_circle, false) as in_circle
from known_customers
left join ledger_customers using (customer_id)
left join heads using (customer_id)
order by customer_id
