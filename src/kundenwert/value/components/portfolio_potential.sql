-- value/components/portfolio_potential.sql: criterion potential: what the customer buys in a year of what we sell, from us and from others
select
    customer_id,
    max(potential)::double as potential
from ledger_customers
where potential > 0 and coalesce(potential_date, date '1970-01-01') <= date '1970-01-01' + $now::integer
group by customer_id
