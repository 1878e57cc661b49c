-- tables/company/circles.sql: customers that are their own ancestors, circle by circle
with recursive links as (
    select customer_groups.customer_id, parent_id
    from customer_groups
    inner join ledger_customers using (customer_id)
    where in_circle
),

chain as (
    select customer_id, parent_id as ancestor, 1 as steps
    from links
    union all
    select chain.customer_id, links.parent_id as ancestor, chain.steps + 1 as steps
    from chain
    inner join links on chain.ancestor = links.customer_id
    where chain.steps < 64
),

named as (
    select customer_id, min(ancestor) as circle from chain group by customer_id
)

select
    list(named.customer_id || ' -> ' || links.parent_id order by named.customer_id)[:8] as members,
    count(*) as customers
from named
inner join links using (customer_id)
group by circle
order by circle
