-- value/screens/portfolio_movers.sql: the reader's most valuable customers that stand in another field than in the earlier run
select
    portfolio_owned.customer_id,
    portfolio_owned.name,
    portfolio_owned.value,
    fields_before.field as before,
    fields_now.field as now
from portfolio_owned
inner join fields_now using (customer_id)
inner join fields_before using (customer_id)
where fields_before.field <> fields_now.field
order by portfolio_owned.value desc nulls last, portfolio_owned.customer_id
limit $count
