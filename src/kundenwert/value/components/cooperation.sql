-- value/components/cooperation.sql: running joint projects of each customer and what they are worth: chance x benefit - effort of those that
-- say where this comes from. Chances are percent, or parts of 1 where no project of the table has more than 1
with stated as (
    select
        *,
        if(max(chance) over () > 1, 100, 1) as whole
    from ledger_projects
    where coalesce(stated_on, "start", date '0001-01-01') <= $as_of::date
),

running as (
    select
        customer_id,
        chance / whole as chance,
        benefit,
        effort,
        trim(coalesce(source, '')) <> '' as is_sourced,
        coalesce($as_of::date - stated_on <= $days::integer, false) as is_fresh
    from stated
    where coalesce("end", date '9999-12-31') > $as_of::date and not list_contains($ended, lower(trim(coalesce(status, ''))))
),

summed as (
    select
        customer_id,
        count(*) as projects,
        count(*) filter (where is_sourced and is_fresh and effort is not null) as told,
        count(*) filter (where not is_sourced) as unsourced,
        count(*) filter (where is_sourced and not is_fresh) as stale,
        count(*) filter (where is_sourced and is_fresh and effort is null) as without_effort,
        sum((chance::double * benefit::double - effort::double)::decimal(18, 2)) filter (where is_sourced and is_fresh) as worth
    from running
    group by customer_id
)

select
    judged.customer_id,
    summed.projects::integer as joint_projects,
    summed.worth::decimal(18, 2) as cooperation_value,
    case
        when summed.told = 0 then 'not_told'
        when summed.told < summed.projects then 'partly'
        else 'stated'
    end as cooperation_basis,
    summed.unsourced,
    summed.stale,
    summed.without_effort
from judged
inner join summed using (customer_id)
