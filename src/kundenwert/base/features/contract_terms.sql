-- base/features/contract_terms.sql: contracts of each customer that run on the as-of day, and what they cost against the median of all for the
-- same product. An amount without a period is one a month
with running as (
    select
        customer_id,
        coalesce(product, '') as product,
        amount::double / if(period = 'year', 12, 1) as of_month
    from ledger_contracts
    where start <= date '1970-01-01' + $as_of::integer
        and ("end" is null or "end" >= date '1970-01-01' + $as_of::integer)
        and customer_id is not null
        and amount > 0
),

usual as (
    select product, median(of_month) as of_month from running group by product
)

select
    customer_id,
    count(*) as contracts,
    sum(running.of_month)::decimal(18, 2) as contract_amount,
    sum(running.of_month) / sum(usual.of_month) as contract_price_against_others
from running
inner join usual using (product)
group by customer_id
