-- value/plans/measured_campaign.sql: who of a campaign of the table measures was treated and who held out; who stands as both was treated
select
    customer_id::varchar as customer_id,
    bool_or(treated) as treated,
    $action::varchar as action,
    greatest(count(*) filter (where treated), 1)::double as times,
    coalesce(sum(cost) filter (where treated), 0)::double as cost
from ledger_measures
where measure_id = $campaign and date <= $until and treated is not null and customer_id is not null
group by customer_id
