-- value/components/recommendation_complaints.sql: each complaint that is old enough, how it was handled by the $settled-th day, and whether
-- a purchase followed within $window days after that day. Counting starts on that day, so that nobody is settled because he bought again
with noted as (
    select count(resolved_on) > 0 as has_settlements, count(satisfaction) > 0 as has_grades from ledger_complaints
),

old_enough as (
    select
        complaints.customer_id,
        rhythm_now.number,
        complaints.date - date '1970-01-01' as day,
        coalesce(complaints.complaint_id, complaints.record::varchar) as complaint,
        case when noted.has_settlements then coalesce(complaints.resolved_on - complaints.date <= $settled::integer, false) end as is_settled,
        case
            when not noted.has_settlements and not noted.has_grades then null
            else coalesce(complaints.satisfaction > 2, true)
                and (not noted.has_settlements or coalesce(complaints.resolved_on - complaints.date <= $settled::integer, false))
        end as is_well
    from ledger_complaints as complaints
    inner join rhythm_now on complaints.customer_id = rhythm_now.customer_id
    cross join noted
    where complaints.date - date '1970-01-01' + $settled::integer + $window::integer <= $now::integer
        -- Only purchases of the log can have come before it.
        and complaints.date - date '1970-01-01' >= rhythm_now.first_day
)

select
    old_enough.* exclude (number),
    exists (
        select 1
        from purchases_now
        where purchases_now.number = old_enough.number
            and purchases_now.day > old_enough.day + $settled::integer
            and purchases_now.day <= old_enough.day + $settled::integer + $window::integer
    ) as was_followed
from old_enough
