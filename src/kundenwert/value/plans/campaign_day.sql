-- value/plans/campaign_day.sql: the first and last day on which somebody was treated in a campaign, and how many stand in it on either side
select
    min(date) filter (where treated) as first_day,
    max(date) filter (where treated) as last_day,
    count(distinct customer_id) filter (where treated) as treated,
    count(distinct customer_id) filter (where not treated) as held
from ledger_measures
where measure_id = $campaign and date <= $as_of
