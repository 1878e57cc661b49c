-- value/plans/campaigns.sql: the campaigns that the table measures names, the newest first
select measure_id::varchar as name
from ledger_measures
where measure_id is not null and date <= $as_of
group by measure_id
order by max(date) desc, name
