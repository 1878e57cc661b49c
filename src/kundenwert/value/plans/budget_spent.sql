-- value/plans/budget_spent.sql: what was spent on customers in the span, by kind, name, stage of its rate, whether before the first purchase,
-- and the stage the customer is in: winning customers, activities at their rates, measures, contacts where no activity says it, complaints
with rates as (
    select
        lower(trim(driver)) as word,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        max(rate) as rate,
        arg_max(stage, rate) as stage
    from ledger_activity_rates
    group by all
),

spent as (
    select
        'acquisition' as kind,
        'acquisition_cost' as name,
        null as stage,
        records.customer_id,
        true as is_before,
        records.acquisition_cost as amount
    from ledger_customers as records
    left join plan_stages using (customer_id)
    where coalesce(records.acquired_on, plan_stages.first_purchase) > $since
        and coalesce(records.acquired_on, plan_stages.first_purchase) <= $as_of
    union all
    select 'activity', trim(done.driver), rates.stage, done.customer_id, done.date < plan_stages.first_purchase, done.count * rates.rate
    from ledger_activities as done
    asof join rates on lower(trim(done.driver)) = rates.word and done.date >= rates.valid_from
    left join plan_stages using (customer_id)
    where done.date > $since and done.date <= $as_of
    union all
    select 'measure', coalesce(trim(done.kind), done.measure_id), null, done.customer_id, done.date < plan_stages.first_purchase, done.cost
    from ledger_measures as done
    left join plan_stages using (customer_id)
    where done.treated and done.date > $since and done.date <= $as_of
    union all
    select 'contact', coalesce(trim(done.channel), ''), null, done.customer_id, done.date < plan_stages.first_purchase, done.cost
    from ledger_contacts as done
    left join plan_stages using (customer_id)
    where done.date > $since and done.date <= $as_of and not exists (select 1 from ledger_activities)
    union all
    select 'complaint', coalesce(trim(done.category), ''), null, done.customer_id, false, done.cost
    from ledger_complaints as done
    where done.date > $since and done.date <= $as_of
)

select
    spent.kind,
    spent.name,
    coalesce(spent.stage, '') as stage,
    coalesce(spent.is_before, false) as is_before,
    coalesce(plan_stages.stage, '') as aim,
    sum(spent.amount)::double as amount
from spent
left join plan_stages using (customer_id)
where spent.amount > 0
group by all
order by all
