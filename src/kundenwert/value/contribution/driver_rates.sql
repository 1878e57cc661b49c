-- value/contribution/driver_rates.sql: what one unit of each driver of `activities` costs, from when until when: the company's own
-- rates, and before the first of them (or where there is none) that of the preset. counted: whether its units count its cause: where
-- orders are counted, deliveries are not
with drivers as (
    select
        driver,
        lower(trim(driver)) as word,
        cause_of(driver) as cause,
        cause_of(driver) = 'small_orders' and is_order(driver) as is_order
    from (select distinct driver from served_activities)
),

own_days as (
    select
        lower(trim(driver)) as word,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        max(rate) as rate,
        arg_max(stage, rate) as stage
    from ledger_activity_rates
    group by 1, 2
),

own as (
    select
        word,
        valid_from,
        coalesce(lead(valid_from) over (partition by word order by valid_from), date '9999-12-31') as valid_until,
        rate,
        stage,
        false as is_assumed
    from own_days
),

first_own as (
    select word, min(valid_from) as valid_from from own group by word
),

preset as (
    select word, arg_min(rate, is_assumed) as rate, arg_min(stage, is_assumed) as stage, min(is_assumed) as is_assumed
    from preset_rates
    group by word
),

rates as (
    select * from own
    union all
    select
        word,
        date '0001-01-01' as valid_from,
        coalesce(first_own.valid_from, date '9999-12-31') as valid_until,
        preset.rate,
        preset.stage,
        preset.is_assumed
    from preset
    left join first_own using (word)
)

select
    drivers.driver,
    as_cause(drivers.cause) as cause,
    drivers.cause <> 'small_orders' or drivers.is_order or not bool_or(drivers.is_order) over () as counted,
    rates.valid_from,
    rates.valid_until,
    rates.rate,
    as_stage(rates.stage) as stage,
    rates.is_assumed
from drivers
inner join rates on drivers.word = rates.word and rates.valid_from < rates.valid_until
