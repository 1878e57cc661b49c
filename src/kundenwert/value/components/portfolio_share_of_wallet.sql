-- value/components/portfolio_share_of_wallet.sql: criterion share_of_wallet: revenue of the last 365 days as share of the customer's potential
with bought as (
    select
        customer_id::varchar as customer_id,
        sum(amount)::double as revenue
    from booked
    where day > $now - 365 and day <= $now
    group by customer_id
),

wallets as (
    select
        customer_id,
        max(potential)::double as potential
    from ledger_customers
    where potential > 0 and coalesce(potential_date, date '1970-01-01') <= date '1970-01-01' + $now::integer
    group by customer_id
)

select
    wallets.customer_id,
    least(greatest(coalesce(bought.revenue, 0), 0) / wallets.potential, 1) as share_of_wallet
from wallets
left join bought using (customer_id)
