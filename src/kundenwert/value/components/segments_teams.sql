-- value/components/segments_teams.sql: how many account managers look after the judged customers of each team, and of none
select segment_teams.team, count(distinct trim(ledger_customers.account_manager)) as people
from judged
inner join ledger_customers using (customer_id)
left join segment_teams on trim(ledger_customers.account_manager) = segment_teams.account_manager
where nullif(trim(ledger_customers.account_manager), '') is not null
group by segment_teams.team
order by segment_teams.team nulls last
