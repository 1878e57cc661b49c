-- value/plans/mailing.sql: whom to reach how, as a mailing tool or a sales list needs it: no value and no forecast of anybody
with records as (
    select
        customer_id::varchar as customer_id,
        any_value(name) as name,
        any_value(street) as street,
        any_value(postcode) as postcode,
        any_value(city) as city,
        any_value(email) as email,
        any_value(phone) as phone,
        any_value(account_manager) as account_manager
    from records_now
    group by customer_id
)

select
    plan_lines.customer_id,
    records.name,
    plan_lines.action,
    plan_lines.count,
    plan_channels.channel,
    case when plan_channels.channel = 'email' then records.email end as email,
    case when plan_channels.channel in ('phone', 'sms', 'visit') then records.phone end as phone,
    case when plan_channels.channel in ('post', 'visit') then records.street end as street,
    case when plan_channels.channel in ('post', 'visit') then records.postcode end as postcode,
    case when plan_channels.channel in ('post', 'visit') then records.city end as city,
    records.account_manager,
    $purpose::varchar as purpose,
    $legal_basis::varchar as legal_basis
from plan_lines
left join records using (customer_id)
left join plan_channels using (action)
where plan_lines.record not in (select record from plan_struck)
    -- What is only watched or told beside goes to nobody; a list in which nothing is given out is a ranking, and whole.
    and (plan_lines.count > 0 or not exists (select 1 from plan_lines as done where done.count > 0))
order by plan_lines.record
