-- value/plans/retention_complaints.sql: of complaints that are at least 180 days old, how many were followed by a purchase within 180 days of
-- the settlement, by whether they were handled badly
with noted as (
    select count(resolved_on) > 0 as has_settlements from ledger_complaints
),

judged as (
    select
        customer_id,
        date,
        coalesce(satisfaction <= 2, false) or (has_settlements and least(coalesce(resolved_on, date '9999-12-31'), $as_of::date) - date > 14)
            as is_bad
    from ledger_complaints
    cross join noted
    where date <= $as_of::date - 180 - 14
),

purchased as (
    select distinct
        booked.customer_id,
        booked.day
    from booked
    inner join (select distinct customer_id from judged) using (customer_id)
    where booked.line_class = 'kept' and not booked.is_non_product and booked.day <= $as_of::date - date '1970-01-01'
),

followed as (
    select
        judged.is_bad,
        exists (
            select 1
            from purchased
            where purchased.customer_id = judged.customer_id
                and purchased.day > judged.date - date '1970-01-01' + 14
                and purchased.day <= judged.date - date '1970-01-01' + 14 + 180
        ) as came_again
    from judged
)

select
    (count(*) filter (where is_bad))::double as badly_handled,
    (count(*) filter (where is_bad and came_again))::double as badly_handled_bought,
    (count(*) filter (where not is_bad))::double as well_handled,
    (count(*) filter (where not is_bad and came_again))::double as well_handled_bought
from followed
