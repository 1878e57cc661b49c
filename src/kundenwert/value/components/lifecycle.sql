-- value/components/lifecycle.sql: the stage of each customer on day $day, since when and why; exactly one stage each. Read from the views
-- `rhythm_of_day` and `purchases_of_day`, as known then. Lost: silent for as many days as P(alive) needs to fall below 20 %; where no model
-- says, longer than $silent_days and longer than ever before.
with bought as (
    select
        number,
        count(*) as purchases,
        max(gap) as longest_gap,
        max(day) filter (where n = 2) as second_day,
        max(day) filter (where n = $bound_purchases) as bound_day
    from purchases_of_day
    group by number
),

silences as ( -- Only where no model says after how long a silence somebody is lost.
    select
        purchases_of_day.number,
        purchases_of_day.day,
        purchases_of_day.gap,
        max(purchases_of_day.gap) over earlier as longest_before
    from purchases_of_day
    inner join rhythm_of_day using (number)
    where rhythm_of_day.p_alive is null
    window earlier as (
        partition by purchases_of_day.number order by purchases_of_day.n rows between unbounded preceding and 1 preceding
    )
),

returned as (
    select
        number,
        max(day) as returned_day
    from (
        select
            number,
            day
        from purchases_of_day
        where gap >= lost_after
        union all
        select
            number,
            day
        from silences
        where gap > greatest($silent_days, coalesce(longest_before, 0))
    )
    group by number
),

agreed as (
    select
        customer_id,
        min(start) filter (where coalesce("end", cancelled_on, date '9999-12-31') >= date '1970-01-01' + $day::integer) as runs_since,
        max(coalesce("end", cancelled_on)) as ended_on
    from ledger_contracts
    where start <= date '1970-01-01' + $day::integer
    group by customer_id
),

seen as (
    select
        judged.customer_id,
        rhythm_of_day.first_day,
        rhythm_of_day.last_day,
        $day - rhythm_of_day.last_day as silence,
        case
            when rhythm_of_day.p_alive is null then 1 + greatest($silent_days, coalesce(bought.longest_gap, 0))
            else rhythm_of_day.lost_after
        end as lost_after,
        rhythm_of_day.p_alive is not null as is_told_by_model,
        rhythm_of_day.usual_gap,
        bought.purchases,
        returned.returned_day,
        bought.bound_day,
        case
            when bought.purchases >= 2 and rhythm_of_day.first_day + $development_days <= $day
                then greatest(bought.second_day, rhythm_of_day.first_day + $development_days)
        end as grown_day,
        agreed.runs_since - date '1970-01-01' as contract_day,
        case when agreed.runs_since is null then agreed.ended_on - date '1970-01-01' end as contract_end
    from judged
    left join rhythm_of_day using (customer_id)
    left join bought using (number)
    left join returned using (number)
    left join agreed using (customer_id)
),

placed as (
    select
        *,
        case
            when contract_day is not null then 'contract_runs'
            when purchases is null and contract_end is not null then 'contract_ended'
            when purchases is null then 'no_purchase'
            when silence >= lost_after and is_told_by_model then 'p_alive'
            when silence >= lost_after then 'silent'
            when contract_end >= last_day and silence > usual_gap then 'contract_ended'
            when bound_day is not null and bound_day <= coalesce(grown_day, bound_day) then 'purchases'
            when grown_day is not null then 'grown'
            else 'new'
        end as stage_reason
    from seen
),

dated as (
    select
        customer_id,
        stage_reason,
        case stage_reason
            when 'no_purchase' then 'acquisition'
            when 'new' then 'development'
            when 'contract_runs' then 'retention'
            when 'purchases' then 'retention'
            when 'grown' then 'retention'
            else 'win_back'
        end as stage,
        case stage_reason
            when 'contract_runs'
                then least(contract_day, case when coalesce(silence < lost_after, true) then greatest(least(bound_day, grown_day), returned_day) end)
            when 'contract_ended' then contract_end + 1
            when 'p_alive' then last_day + lost_after
            when 'silent' then last_day + lost_after
            when 'purchases' then greatest(bound_day, returned_day)
            when 'grown' then greatest(grown_day, returned_day)
            when 'new' then greatest(first_day, returned_day)
        end as since_day
    from placed
)

select
    customer_id,
    stage,
    date '1970-01-01' + since_day::integer as stage_since,
    stage_reason
from dated
