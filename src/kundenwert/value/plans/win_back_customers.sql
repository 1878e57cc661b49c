-- value/plans/win_back_customers.sql: of each customer what the 365 days up to the last purchase brought, on how many days, the newest noted
-- reason, the reason without need that was noted since the last purchase, and whether letters came back
with bought as (
    select
        booked.customer_id,
        sum(coalesce(booked.amount - booked.cost, booked.amount::double * $margin::double))::double as last_year,
        count(distinct booked.day) filter (
            where booked.line_class = 'kept' and booked.amount > 0 and not booked.is_non_product
        )::double as last_year_days
    from booked
    inner join plan_customers using (customer_id)
    inner join valued_customers using (customer_id)
    where booked.day <= $as_of::date - date '1970-01-01'
        and booked.day > valued_customers.last_purchase - date '1970-01-01' - 365
    group by booked.customer_id
),

newest as (
    select
        customer_id,
        arg_min((reason, source, day), (-(day - date '1970-01-01'), place, reason)) as told
    from win_back_noted
    -- A need that was missing before the last purchase was there again then.
    where is_since or reason not in (select reason from win_back_words where is_needless)
    group by customer_id
),

needless as (
    select customer_id, arg_max(reason, (day, reason)) as reason
    from win_back_noted
    where is_since and reason in (select reason from win_back_words where is_needless)
    group by customer_id
),

returned as (
    select distinct ledger_contacts.customer_id
    from ledger_contacts
    inner join win_back_address on contains(lower(ledger_contacts.outcome), win_back_address.word)
    where ledger_contacts.date <= $as_of
),

ended as (
    select customer_id, max(coalesce("end", cancelled_on)) as contract_ended
    from ledger_contracts
    where coalesce("end", cancelled_on) <= $as_of
        and customer_id not in (
            select running.customer_id
            from ledger_contracts as running
            where coalesce(running."end", running.cancelled_on, date '9999-12-31') > $as_of and running.customer_id is not null
        )
    group by customer_id
)

select
    plan_customers.customer_id,
    bought.last_year,
    coalesce(bought.last_year_days, 0)::double as last_year_days,
    ($as_of::date - valued_customers.last_purchase)::double as silent_days,
    ($as_of::date - ended.contract_ended)::double as contract_ended_days,
    coalesce(newest.told[1], '') as noted_reason,
    coalesce(newest.told[2], '') as noted_source,
    ($as_of::date - newest.told[3])::double as noted_days,
    coalesce(needless.reason, '') as needless_reason,
    (returned.customer_id is not null)::double as address_is_old
from plan_customers
inner join valued_customers using (customer_id)
left join bought using (customer_id)
left join newest using (customer_id)
left join needless using (customer_id)
left join returned using (customer_id)
left join ended using (customer_id)
