-- value/components/migration_year.sql: of each customer the state of recency (above $states: former), the periods of the last 365 days with a
-- purchase, and what they brought
with active as (
    select number, (($as_of::date - date '1970-01-01') - day) // $days::integer as period, day
    from purchases_now
),

states as (
    select
        number,
        least(min(period) + 1, $states + 1)::integer as state,
        count(distinct period) filter (where day > ($as_of::date - date '1970-01-01') - 365) as periods
    from active
    group by number
)

select
    judged.customer_id,
    states.state,
    states.periods,
    margin_year.first_margin,
    margin_year.address_cost
from judged
inner join rhythm_now using (customer_id)
inner join states using (number)
inner join margin_year using (customer_id)
