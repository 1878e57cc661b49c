-- value/plans/mailing.sql: whom to reach how, as a mailing tool or a sales list needs it: no value and no forecast of anybody
select
    plan_lines.customer_id,
    plan_addresses.name,
    plan_lines.action,
    plan_lines.count,
    plan_channels.channel,
    case when plan_channels.channel = 'email' then plan_addresses.email end as email,
    case when plan_channels.channel in ('phone', 'sms', 'visit') then plan_addresses.phone end as phone,
    case when plan_channels.channel in ('post', 'visit') then plan_addresses.street end as street,
    case when plan_channels.channel in ('post', 'visit') then plan_addresses.postcode end as postcode,
    case when plan_channels.channel in ('post', 'visit') then plan_addresses.city end as city,
    plan_addresses.account_manager,
    $purpose::varchar as purpose,
    $legal_basis::varchar as legal_basis
from plan_lines
left join plan_addresses using (customer_id)
left join plan_channels using (action)
where plan_lines.record not in (select record from plan_struck)
    -- What is only watched or told beside goes to nobody; a list in which nothing is given out is a ranking, and whole.
    and (plan_lines.count > 0 or not exists (select 1 from plan_lines as done where done.count > 0))
order by plan_lines.record
