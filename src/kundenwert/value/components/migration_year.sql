-- value/components/migration_year.sql: of each customer the state of recency (above $states: former), the periods of the last 365 days with a
-- purchase, and what they brought
with bought as (
    select number, count(*) as periods
    from purchases_now
    where
        day > ($as_of::date - date '1970-01-01') - 365
        -- The first purchase of its period within these days.
        and (
            gap is null
            or day - gap <= ($as_of::date - date '1970-01-01') - 365
            or (($as_of::date - date '1970-01-01') - day + gap) // $days::integer
            <> (($as_of::date - date '1970-01-01') - day) // $days::integer
        )
    group by number
)

select
    judged.customer_id,
    least((($as_of::date - date '1970-01-01') - rhythm_now.last_day) // $days::integer + 1, $states + 1)::integer as state,
    coalesce(bought.periods, 0) as periods,
    margin_year.first_margin,
    margin_year.address_cost
from judged
inner join rhythm_now using (customer_id)
inner join margin_year using (customer_id)
left join bought using (number)
