-- value/contribution/cost_lines.sql: each record of cost to serve up to the as-of day with its stage; amount is null where a
-- driver has no rate. cause: the cause of loss it may be a sign of. counted: whether its units count it; a visit or complaint that
-- activities count is not counted again
select
    as_source('activities') as source,
    served_activities.file_id,
    served_activities.record,
    served_activities.customer_id,
    served_activities.date,
    served_activities.driver as what,
    served_activities.count as units,
    driver_rates.rate,
    (served_activities.count * driver_rates.rate)::decimal(18, 6) as amount,
    driver_rates.stage,
    driver_rates.cause,
    coalesce(driver_rates.counted, false) as counted,
    coalesce(driver_rates.is_assumed, false) as is_assumed
from served_activities
left join driver_rates
    on served_activities.driver = driver_rates.driver
    and served_activities.date >= driver_rates.valid_from
    and served_activities.date < driver_rates.valid_until
where served_activities.date <= getvariable('contribution_until')::date
union all
select
    as_source('contacts') as source,
    file_id,
    record,
    customer_id,
    date,
    channel as what,
    1 as units,
    cost as rate,
    cost as amount,
    as_stage('sales') as stage,
    as_cause(if(cause_of(channel) = 'visits', 'visits', null)) as cause,
    not exists (select 1 from driver_rates where cause = 'visits') as counted,
    false as is_assumed
from ledger_contacts
where cost is not null and date <= getvariable('contribution_until')::date
union all
select
    as_source('complaints') as source,
    file_id,
    record,
    customer_id,
    date,
    category as what,
    1 as units,
    cost as rate,
    cost as amount,
    as_stage('service') as stage,
    as_cause('complaints') as cause,
    not exists (select 1 from driver_rates where cause = 'complaints') as counted,
    false as is_assumed
from ledger_complaints
where cost is not null and date <= getvariable('contribution_until')::date
union all
select
    as_source('measures') as source,
    file_id,
    record,
    customer_id,
    date,
    coalesce(kind, measure_id) as what,
    1 as units,
    cost as rate,
    cost as amount,
    as_stage('marketing') as stage,
    as_cause(null) as cause,
    false as counted,
    false as is_assumed
from ledger_measures
where cost <> 0 and date <= getvariable('contribution_until')::date
