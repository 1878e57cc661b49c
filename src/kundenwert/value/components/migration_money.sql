-- value/components/migration_money.sql: what a period with a purchase brings, and what the last 365 days of marketing and sales have cost, of who is
-- not former
select
    count(*) as customers,
    coalesce(sum(periods), 0)::bigint as periods,
    coalesce(sum(first_margin) filter (where periods > 0), 0)::decimal(24, 2) as margin,
    sum(address_cost)::decimal(24, 2) as cost
from migration_year
where state <= $states
